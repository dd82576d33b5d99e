using Spectre.Console;

namespace Simul.Cli;

// Who looks at our output, and the consoles to draw on. Made on first use: a run with --json never pays for them.
internal static class Terminal
{
    private const int PlainWidth = 120;

    private static readonly Lazy<IAnsiConsole> s_out = new(() => Create(Console.IsOutputRedirected, Console.Out));
    private static readonly Lazy<IAnsiConsole> s_error = new(() => Create(Console.IsErrorRedirected, Console.Error));

    public static IAnsiConsole Out => s_out.Value;

    public static IAnsiConsole Error => s_error.Value;

    // https://no-color.org: set and not empty. TERM=dumb can do nothing beyond text.
    public static bool WantsColour { get; } =
        string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR")) && Environment.GetEnvironmentVariable("TERM") is not (null or "" or "dumb")
        || OperatingSystem.IsWindows() && string.IsNullOrEmpty(Environment.GetEnvironmentVariable("NO_COLOR"));

    public static bool IsErrorLive => !Console.IsErrorRedirected && Environment.GetEnvironmentVariable("TERM") != "dumb";

    // One line on standard error, with the tool's name before it.
    public static void Message(string text) => Console.Error.WriteLine("simul: " + text);

    private static IAnsiConsole Create(bool redirected, TextWriter writer)
    {
        // The library's own default writes colours into pipes and files.
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = redirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = redirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = redirected ? InteractionSupport.No : InteractionSupport.Detect,
            Out = new AnsiConsoleOutput(writer),
        });
        if (redirected) console.Profile.Width = PlainWidth;
        return console;
    }
}
