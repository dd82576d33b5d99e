using System.CommandLine;
using System.CommandLine.Parsing;

namespace Simul.Cli;

// `simul run`: the "open N terminals" mode. Copies of a command, or a command for each line of a file, under one roof:
// output with a prefix, a job log, and nobody left behind.
internal sealed class RunVerb : IVerb
{
    private const int MostCopies = 5_000;
    private static readonly TimeSpan s_defaultGrace = TimeSpan.FromSeconds(5);

    public Command Build()
    {
        var copies = HouseOption.Count("--copies", "Run the command this many times, side by side (SIMUL_INDEX tells them apart).", 1, MostCopies);
        var each = HouseOption.Text("--each", "FILE", "Run the command once for each line of FILE ('-': standard input); {} and SIMUL_ITEM are the line.", path => path);
        var jobs = HouseOption.Count("--jobs", "With --each: how many run side by side. Default: one for each core.", 1, MostCopies);
        var retries = HouseOption.Count("--retries", "How often a failed command is started again.", 0, 1_000, fallback: 0);
        var grace = HouseOption.Duration("--grace", "How long commands may go on after they were asked to stop.", s_defaultGrace, allowZero: true);
        var log = HouseOption.Text("--log", "FILE.jsonl", "Write a line of JSON for each command that ended.", path => path);
        var json = HouseOption.Json();
        json.Description = "Print the summary as JSON on standard output; the commands' output goes to standard error.";
        var words = new Argument<string[]>("COMMAND")
        {
            Description = "After --: the command and its arguments.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("run", "Supervised copies of a command: simul run --copies 4 -- COMMAND...") { copies, each, jobs, retries, grace, log, json, words };
        command.Validators.Add(result => Complain(result, words));
        command.SetAction((parsed, cancellation) =>
        {
            if (OperatingSystem.IsWindows()) throw new UsageException("'simul run' needs Linux or macOS: Windows has no process groups to supervise.");
            var plan = RunPlan.Of(
                parsed.GetValue(copies), parsed.GetValue(each), parsed.GetValue(jobs), Behind(parsed, words),
                parsed.GetValue(retries), parsed.GetValue(grace));
            return RunAsync(plan, parsed.GetValue(log), parsed.GetValue(json), cancellation);
        });
        return command;
    }

    // The command stands behind `--`, so that a mistyped option is an error and not the name of a program.
    private static void Complain(CommandResult result, Argument<string[]> words)
    {
        if (result.GetResult(words)?.Tokens is not { Count: > 0 } given)
            result.AddError("'simul run' needs a command: write it behind --, as in `simul run --copies 4 -- COMMAND`.");
        else if (given[0].Value.StartsWith('-'))
            result.AddError(UsageSentences.UnknownOption(result.Command, given[0].Value));
    }

    private static string[] Behind(ParseResult parsed, Argument<string[]> words)
    {
        string[] all = parsed.GetRequiredValue(words);
        int behind = parsed.Tokens.SkipWhile(t => t.Type != TokenType.DoubleDash).Skip(1).Count();
        return behind == all.Length ? all : throw new UsageException($"'{all[0]}' stands before --; write the options first, then --, then the command.");
    }

    private static async Task<int> RunAsync(RunPlan plan, string? logPath, bool json, CancellationToken cancellation)
    {
        using var log = logPath is null ? null : new JobLog(Files.Create(logPath, "--log"));
        var output = new RunOutput(plan.Jobs.Count, toError: json);
        var supervisor = new RunSupervisor(plan, output, log);
        var summary = await supervisor.RunAsync(cancellation);
        if (json) JsonOutput.Write(summary, CliJson.Default.RunSummary);
        else if (plan.Jobs.Count > 1 || summary.Failed > 0) Terminal.Message(summary.Sentence);
        return summary.Failed == 0 && summary.Stopped == 0 ? Application.Done : Application.Failed;
    }
}
