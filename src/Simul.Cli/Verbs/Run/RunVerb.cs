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
        var jobs = HouseOption.Count("--jobs", "With --each or :::, how many run side by side. Default: one for each core.", 1, MostCopies);
        jobs.Aliases.Add("-j");
        var retries = HouseOption.Count("--retries", "How often a failed command is started again.", 0, 1_000, fallback: 0);
        var grace = HouseOption.Duration("--grace", "How long commands may go on after they were asked to stop.", s_defaultGrace, allowZero: true);
        var halt = HouseOption.Halt("commands");
        var timeout = HouseOption.Text("--timeout", "5s|200%", "How long one command may run: a time, or a percentage of the median of those that have succeeded.", text => text);
        var delay = HouseOption.Duration("--delay", "Time between two starts.", TimeSpan.Zero, allowZero: true);
        var lines = new Option<bool>("--line-buffer") { Description = "Print each line of output as it comes. This is the default." };
        var group = new Option<bool>("--group") { Description = "Print each command's output together, when it has ended, and not line by line as it comes." };
        var order = new Option<bool>("--keep-order") { Description = "The same, in the order of the commands." };
        order.Aliases.Add("-k");
        var tag = new Option<bool>("--tag") { Description = "Begin each line of output with the command's item and a tab, and not with its number." };
        var bare = new Option<bool>("--no-prefix") { Description = "Put nothing before the lines of output." };
        var dry = new Option<bool>("--dry-run") { Description = "Print the commands, and run none." };
        var nice = HouseOption.Count("--nice", "Run the commands at this niceness.", 0, 19);
        var free = HouseOption.Size("--memory-free", "Begin no command while less memory than this is available; below half of it, take the youngest back and run it later.");
        var limit = HouseOption.Size("--memory-limit", "Kill a command that, with what it has started, holds more memory than this; it has failed.");
        var joblog = HouseOption.Text("--joblog", "FILE", "Write a line in GNU parallel's columns for each command that ended.", path => path);
        var resume = new Option<bool>("--resume") { Description = "With --joblog: go on with an earlier run; what succeeded in it is not run again." };
        var log = HouseOption.Text("--log", "FILE.jsonl", "Write a line of JSON for each command that ended.", path => path);
        var json = HouseOption.Json();
        json.Description = "Print the summary as JSON on standard output; the commands' output goes to standard error.";
        var words = new Argument<string[]>("COMMAND")
        {
            Description = "After --: the command and its arguments.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var command = new Command("run", "Supervised copies of a command: simul run --copies 4 -- COMMAND...") 
        {
            copies, each, jobs, retries, halt, timeout, delay, grace, lines, group, order, tag, bare, dry, nice, free, limit, log, joblog, resume, json, words,
        };
        command.Validators.Add(result => Complain(result, words));
        command.SetAction((parsed, cancellation) =>
        {
            if (OperatingSystem.IsWindows()) throw new UsageException("'simul run' needs Linux or macOS: Windows has no process groups to supervise.");
            var plan = RunPlan.Of(parsed.GetValue(copies), parsed.GetValue(each), parsed.GetValue(jobs), Behind(parsed, words)) with
            {
                Retries = parsed.GetValue(retries),
                Grace = parsed.GetValue(grace),
                Delay = parsed.GetValue(delay),
                TimeLimit = TimeLimit(parsed.GetValue(timeout)),
                Halt = parsed.GetRequiredValue(halt),
                Nice = parsed.GetValue(nice),
                Memory = MemoryGuard.Create(parsed.GetValue(free), parsed.GetValue(limit)),
            };
            if (parsed.GetValue(lines) && (parsed.GetValue(group) || parsed.GetValue(order)))
                throw new UsageException($"--line-buffer and {(parsed.GetValue(order) ? "--keep-order" : "--group")} do not go together; write one of them.");
            if (parsed.GetValue(tag) && parsed.GetValue(bare)) throw new UsageException("--tag and --no-prefix do not go together; write one of them.");
            if (parsed.GetValue(tag) && plan.Jobs[0].Item is null) throw new UsageException("--tag shows the item, and copies have none; leave it out, or use --each.");
            if (parsed.GetValue(resume))
            {
                string path = parsed.GetValue(joblog) ?? throw new UsageException("--resume goes by the job log; name it with --joblog FILE.");
                plan = plan with { Done = RunResume.Read(path, plan.Jobs) };
            }
            if (parsed.GetValue(dry)) return Task.FromResult(Show(plan));
            var mode = parsed.GetValue(order) ? RunOutputMode.Ordered : parsed.GetValue(group) ? RunOutputMode.Grouped : RunOutputMode.Lines;
            var prefix = parsed.GetValue(tag) ? RunPrefix.Item : parsed.GetValue(bare) ? RunPrefix.None : RunPrefix.Number;
            bool toError = parsed.GetValue(json);
            return RunAsync(plan, new RunOutput(plan.Jobs, toError, mode, prefix), parsed.GetValue(log), parsed.GetValue(joblog), parsed.GetValue(resume), toError, cancellation);
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

    private static RunTimeLimit? TimeLimit(string? text) => text is null
        ? null
        : RunTimeLimit.Parse(text) ?? throw new UsageException($"--timeout: '{text}' is neither a duration nor a percentage above 100%; write 5s, 1.5m or 200%.");

    private static int Show(RunPlan plan)
    {
        // Which slot a command will have is known when it begins; here they take turns.
        foreach (var job in plan.Jobs.Where(j => !plan.Done.Contains(j.Index))) Console.Out.WriteLine(ShellQuote.Join(job.Command(job.Index % plan.Parallel + 1)));
        return Application.Done;
    }

    private static async Task<int> RunAsync(RunPlan plan, RunOutput output, string? logPath, string? joblogPath, bool resume, bool json, CancellationToken cancellation)
    {
        using (output)
        {
            using var log = logPath is null ? null : new JobLog(Files.Create(logPath, "--log"));
            using var parallelLog = joblogPath is null ? null : ParallelLog.Open(joblogPath, append: resume);
            if (plan.Done.Count > 0) Terminal.Message($"{plan.Done.Count:N0} of {plan.Jobs.Count:N0} commands have succeeded already{(plan.Open == 0 ? "; nothing is left to run" : "")}.");
            var summary = await new RunSupervisor(plan, output, log, parallelLog).RunAsync(cancellation);
            if (json) JsonOutput.Write(summary, CliJson.Default.RunSummary);
            else if (plan.Open > 1 || summary.Failed > 0) Terminal.Message(summary.Sentence);
            return summary.IsSuccess ? Application.Done : Application.Failed;
        }
    }
}
