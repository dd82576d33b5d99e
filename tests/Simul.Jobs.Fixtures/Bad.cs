using System.Diagnostics.CodeAnalysis;

namespace Fixtures;

// Methods that misbehave, most of them only for the line that says so.
public static class Bad
{
    public static string Throw(string line) => line == "throw" ? throw new InvalidOperationException("as asked: " + line) : line;

    // Fails on each line as often as it says, counted in a file beside the line's name: "2 /tmp/x".
    public static int FailTimes(string line)
    {
        int times = int.Parse(line[..line.IndexOf(' ')]);
        string file = line[(line.IndexOf(' ') + 1)..];
        File.AppendAllText(file, "x");
        long tries = new FileInfo(file).Length;
        return tries <= times ? throw new IOException($"try {tries}") : (int)tries;
    }

    public static string Print(string line)
    {
        Console.WriteLine("out:" + line);
        Console.Error.WriteLine("err:" + line);
        return line;
    }

    public static string? Read(string line) => Console.ReadLine();

    public static string Exit(string line)
    {
        if (line == "exit") Environment.Exit(7);
        return line;
    }

    public static string FailFast(string line)
    {
        if (line == "crash") Environment.FailFast("as asked");
        return line;
    }

    public static string Overflow(string line) => line == "crash" ? line + Deeper(1) : line;

    public static string Greedy(string line)
    {
        if (line != "greedy") return line;
        byte[] memory = new byte[400 << 20];
        Array.Fill(memory, (byte)1);
        Thread.Sleep(Timeout.Infinite);
        return memory.Length.ToString();
    }

    public static string Never(string line)
    {
        if (line == "never") Thread.Sleep(Timeout.Infinite);
        return line;
    }

    [SuppressMessage("Style", "IDE0060", Justification = "The shape is what is tested.")]
    public static Action NotJson(string line) => () => { };

    // Another answer each time it is asked.
    public static long Now(string line) => DateTime.UtcNow.Ticks + Guid.NewGuid().GetHashCode();

    // Right one by one, wrong when two run at the same time in one process.
    public static int Shared(string line)
    {
        int mine = Interlocked.Increment(ref s_inside);
        Thread.Sleep(5);
        Interlocked.Decrement(ref s_inside);
        return mine;
    }

    public static string Two(string line) => line;

    public static string Two(FileInfo file) => file.Name;

    public static string OneFits(string line) => line;

    public static string OneFits(string line, string other) => line + other;

    public static string TokenToo(string line) => "without";

    public static string TokenToo(string line, CancellationToken token) => "with";

    public static string NoParameter() => "";

    public static string TakesStream(Stream stream) => stream.ToString()!;

    public static T Generic<T>(T value) => value;

    public static IAsyncEnumerable<int> Streams(string line) => throw new NotSupportedException(line);

    internal static string Hidden(string line) => line;

    private static int s_inside;

    private static int Deeper(int depth) => Deeper(depth + 1) + depth;
}

public sealed class Instance
{
    public string Echo(string line) => line;
}
