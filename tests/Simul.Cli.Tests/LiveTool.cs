using System.IO.Pipes;
using System.Text;

namespace Simul.Cli.Tests;

// The tool while it runs: for signals. It starts with signals at their defaults, whatever the shell that runs the tests
// has ignored, and its output is collected so that a test can wait for a word in it.
internal sealed class LiveTool : IDisposable
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(60);

    private readonly AnonymousPipeServerStream _input = new(PipeDirection.Out, HandleInheritability.None);
    private readonly AnonymousPipeServerStream _output = new(PipeDirection.In, HandleInheritability.None);
    private readonly StringBuilder _text = new(); // owner: its own lock
    private readonly Task<ChildStatus?> _end;
    private readonly Task _reader;

    public LiveTool(params string[] command)
    {
        // Output and error share the pipe: order is kept, as on a terminal.
        Process = ProcessSpawner.Start(command, [new("TERM", "xterm")], _input.ClientSafePipeHandle, _output.ClientSafePipeHandle, _output.ClientSafePipeHandle);
        _input.DisposeLocalCopyOfClientHandle();
        _output.DisposeLocalCopyOfClientHandle();
        _end = Task.Factory.StartNew(() => ChildStatus.WaitFor(Process), TaskCreationOptions.LongRunning);
        _reader = Task.Factory.StartNew(ReadAll, TaskCreationOptions.LongRunning);
    }

    public int Process { get; }

    public string Text
    {
        get
        {
            lock (_text) return _text.ToString();
        }
    }

    public static LiveTool Start(params string[] arguments) => new(["dotnet", Tool.Assembly, .. arguments]);

    // On a terminal of its own.
    public static LiveTool OnTerminal(string arguments) => new("script", "-qec", $"dotnet {Tool.Assembly} {arguments}", "/dev/null");

    public void Type(string keys) => _input.Write(Encoding.ASCII.GetBytes(keys));

    public void Signal(int signal) => Libc.Kill(Process, signal);

    // Until the output contains the text that many times.
    public void WaitFor(string text, int times = 1) => Until(() => Count(Text, text) >= times, $"'{text}' {times} times in: {Text}");

    public ChildStatus WaitForEnd()
    {
        if (!_end.Wait(s_patience)) throw new TimeoutException($"The tool runs on. Its output: {Text}");
        Assert.True(_reader.Wait(s_patience), "The tool has ended, and somebody still holds its output.");
        return _end.Result!;
    }

    public static void Until(Func<bool> condition, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > s_patience) throw new TimeoutException($"Not within {s_patience}: {what}");
            Thread.Sleep(10);
        }
    }

    public static bool IsAlive(int process)
    {
        if (Libc.Kill(process, 0) != 0) return false;
        // The machine's first process may be slow to reap orphans: dead is dead.
        return Proc.Field($"/proc/{process}/status", "State") is not (null or ['Z', ..] or ['X', ..]);
    }

    public void Dispose()
    {
        if (!_end.IsCompleted) Libc.Kill(-Process, Libc.SigKill);
        _input.Dispose();
        _end.Wait(s_patience);
        _output.Dispose();
    }

    private static int Count(string text, string part)
    {
        int count = 0;
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0; at = text.IndexOf(part, at + part.Length, StringComparison.Ordinal)) count++;
        return count;
    }

    private void ReadAll()
    {
        var buffer = new byte[4096];
        while (_output.Read(buffer) is > 0 and var count)
        {
            lock (_text) _text.Append(Encoding.UTF8.GetString(buffer, 0, count));
        }
    }
}
