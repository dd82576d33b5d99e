namespace Fixtures;

public enum Colour
{
    Red,
    Green,
}

public sealed record Point(int X, int Y);

public sealed record Measured(string Text, int Length);

// Methods that do what they should.
public static class Good
{
    public static string Echo(string line) => line;

    public static int Double(int number) => checked(number * 2);

    public static double Half(double number) => number / 2;

    public static bool Not(bool value) => !value;

    public static string ColourName(Colour colour) => colour.ToString();

    public static Guid SameGuid(Guid id) => id;

    public static DateTime NextDay(DateTime day) => day.AddDays(1);

    public static double Seconds(TimeSpan time) => time.TotalSeconds;

    public static string FileName(FileInfo file) => file.Name;

    public static string FolderName(DirectoryInfo folder) => folder.Name;

    public static string Host(Uri uri) => uri.Host;

    public static Point Mirror(Point point) => new(point.Y, point.X);

    public static Measured Measure(string line) => new(line, line.Length);

    public static int? Maybe(int? number) => number;

    public static void Nothing(string line)
    {
    }

    public static IEnumerable<char> Lazy(string line) => line.Select(char.ToUpperInvariant);

    public static double NotANumber(string line) => double.NaN;

    public static async Task<int> DoubleAsync(int number, CancellationToken token)
    {
        await Task.Delay(1, token);
        return number * 2;
    }

    public static async ValueTask<string> EchoAsync(string line)
    {
        await Task.Yield();
        return line;
    }

    public static async Task NothingAsync(string line) => await Task.Yield();

    // Leaves a mark for each run, then works a while.
    public static string MarkAndSleep(FileInfo mark)
    {
        File.AppendAllText(mark.FullName, "x");
        Thread.Sleep(60);
        return mark.Name;
    }

    // Says that it has begun, in a file beside the line's, and ends when another is there.
    public static string BeginAndWait(string line)
    {
        File.AppendAllText(line + ".begun", "x");
        while (!File.Exists(line + ".end")) Thread.Sleep(5);
        return line;
    }

    // Blocks for so many milliseconds, without a token.
    public static int Sleep(int milliseconds)
    {
        Thread.Sleep(milliseconds);
        return milliseconds;
    }

    public static async Task<int> SleepAsync(int milliseconds, CancellationToken token)
    {
        await Task.Delay(milliseconds, token);
        return milliseconds;
    }

    // Computes; the argument says how much.
    public static long Spin(int rounds)
    {
        long x = 1;
        for (int i = 0; i < rounds; i++) x = (x * 6364136223846793005) + 1442695040888963407;
        return x;
    }

    public static int ProcessId(string line) => Environment.ProcessId;

    public static class Nested
    {
        public static string Echo(string line) => line;
    }
}
