using System.CommandLine;
using System.CommandLine.Help;
using System.Text.RegularExpressions;

namespace Simul.Cli;

// One start of the tool: parse, run the verb, turn what came of it into an exit code and at most one sentence.
// Exit codes: 0 done, 1 the work failed, 2 bad usage, 128 + signal when a signal ended it.
internal static partial class Application
{
    public const int Done = 0;
    public const int Failed = 1;
    public const int BadUsage = 2;

    public static async Task<int> RunAsync(string[] args)
    {
        StandardStreams.Install();
        try
        {
            if (HiddenVerbs.Find(args) is { } hidden) return hidden();
            return await ParseAndRunAsync(args);
        }
        catch (OutputClosedException)
        {
            // `simul chess | head -1`: the reader has what it wanted. That is no failure of the work.
            return Done;
        }
    }

    private static async Task<int> ParseAndRunAsync(string[] args)
    {
        var root = BuildRoot();
        // Response files are off: `run -- cat @list` means the word @list.
        var parsed = root.Parse(args, new ParserConfiguration { ResponseFileTokenReplacer = null });
        var complaints = UsageSentences.Of(parsed);
        if (complaints.Count > 0)
        {
            foreach (string complaint in complaints) Terminal.Message(complaint);
            return BadUsage;
        }

        using var interrupt = Interrupt.Install();
        try
        {
            // The library's own signal handling kills the process two seconds after Ctrl+C, whatever is still unwinding.
            var how = new InvocationConfiguration { ProcessTerminationTimeout = null, EnableDefaultExceptionHandler = false };
            using var help = parsed.Action is HelpAction ? new StringWriter() : null;
            if (help is not null) how.Output = help;
            int code = await parsed.InvokeAsync(how, interrupt.Token);
            // Descriptions name the defaults, written as users write them; the library would say 00:00:05 beside 5 s.
            if (help is not null) Console.Out.Write(StockDefault().Replace(help.ToString(), ""));
            Console.Out.Flush();
            return interrupt.ExitCode ?? code;
        }
        catch (OperationCanceledException) when (interrupt.ExitCode is { } code)
        {
            return code;
        }
        catch (UsageException e)
        {
            Terminal.Message(e.Message);
            return BadUsage;
        }
        catch (Exception e) when (e is not OutputClosedException)
        {
            Terminal.Message(Environment.GetEnvironmentVariable("SIMUL_TRACE") == "1"
                ? e.ToString()
                : $"{e.Message} ({e.GetType().Name}; SIMUL_TRACE=1 shows where)");
            return interrupt.ExitCode ?? Failed;
        }
    }

    [GeneratedRegex(@"\s+\[default: [^\]\n]*\]")]
    private static partial Regex StockDefault();

    internal static RootCommand BuildRoot()
    {
        var root = new RootCommand("Simul: one vocabulary for event loop, threads, processes and cluster.");
        foreach (var verb in VerbList.All) root.Subcommands.Add(verb.Build());
        return root;
    }
}
