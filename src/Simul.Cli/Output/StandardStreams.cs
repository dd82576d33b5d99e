using System.Text;

namespace Simul.Cli;

// The two streams the tool writes to. Standard output carries results only; messages go to standard error.
internal static class StandardStreams
{
    public static Stream Output { get; private set; } = Stream.Null;

    public static Stream Error { get; private set; } = Stream.Null;

    public static void Install()
    {
        bool windows = OperatingSystem.IsWindows();
        Output = windows ? Console.OpenStandardOutput() : new UnixOutputStream(1);
        Error = windows ? Console.OpenStandardError() : new UnixOutputStream(2);
        if (windows) return;
        Console.SetOut(Writer(Output));
        // A message that nobody can read must not stop the work.
        Console.SetError(Writer(new ForgivingStream(Error)));
    }

    private static StreamWriter Writer(Stream stream) => new(stream, new UTF8Encoding(false), 4096) { AutoFlush = true };
}
