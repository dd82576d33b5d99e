using System.Globalization;
using Simul.Cli.Jobs;

namespace Simul.Cli;

// One run of `map`: everything that can be wrong is looked at before the first item runs and before the file is touched.
internal static class MapJob
{
    public static async Task<int> RunAsync(string assembly, JobPlan plan, string output, string? joblog, bool resume, CancellationToken token)
    {
        using var file = ResultFile.Open(output, resume, plan.Inputs);
        var target = await JobAssemblyFinder.FindAsync(assembly, token);
        var left = Enumerable.Range(0, plan.Inputs.Count).Where(i => !file.IsDone(i)).ToList();
        if (left.Count == 0)
        {
            file.Begin();
            Terminal.Message($"all {plan.Inputs.Count:N0} items have their results already; {output} is complete.");
            return Application.Done;
        }
        var clock = TimeProvider.System;
        long began = clock.GetTimestamp();
        using var progress = new JobProgress(plan.Engine, left.Count);
        await using var host = JobHostProcess.Start(target, progress.Say);
        using var log = joblog is null ? null : ParallelLog.Open(joblog, append: resume);
        var writer = new MapWriter(file, plan, progress, log);
        var run = new JobRun(host, target, plan, writer, clock);
        try
        {
            var end = await run.OpenAsync(token);
            if (end is null)
            {
                if (plan.Memory is not null && run.Ready.Asynchronous) throw new UsageException("--memory-free and --memory-limit are for synchronous methods: asynchronous items share a worker, and so its memory. Leave the option out, or name a method that is not asynchronous.");
                file.Begin();
                progress.Begin();
                if (file.DoneBefore + file.FailedBefore > 0) progress.Say($"simul: {file.DoneBefore:N0} of {plan.Inputs.Count:N0} items have their results already{(file.FailedBefore > 0 ? $"; {file.FailedBefore:N0} that failed are run again" : "")}.");
                end = await run.RunAsync(left, token);
            }
            progress.Dispose();
            return Report(end, writer, file, plan, output, clock.GetElapsedTime(began));
        }
        catch (JobFailure failure)
        {
            host.Kill();
            progress.Dispose();
            Terminal.Message(failure.Message);
            return Application.Failed;
        }
    }

    private static int Report(JobEnd end, MapWriter writer, ResultFile file, JobPlan plan, string output, TimeSpan elapsed)
    {
        int have = file.DoneBefore + writer.Completed;
        foreach (string failure in writer.FirstFailures) Terminal.Message(failure);
        string counts = string.Create(CultureInfo.InvariantCulture, $"{have:N0} of {plan.Inputs.Count:N0} items have results{(writer.Failed > 0 ? $", {writer.Failed:N0} failed" : "")}; {output}");
        if (end.Trouble is { } trouble)
        {
            Terminal.Message(trouble);
            Terminal.Message($"{counts} is whole. The same command with --resume goes on.");
            return Application.Failed;
        }
        if (end.Interrupted)
        {
            Terminal.Message($"interrupted: {counts} is whole. The same command with --resume goes on.");
            return Application.Failed;
        }
        if (end.Halted is { } policy)
        {
            Terminal.Message($"--halt {policy.Text} is reached: {counts} is whole, {DurationText.Of(elapsed)}. The same command with --resume goes on.");
            return policy.IsSuccess(writer.Failed) ? Application.Done : Application.Failed;
        }
        Terminal.Message($"{counts}, {DurationText.Of(elapsed)}.");
        return writer.Failed > 0 ? Application.Failed : Application.Done;
    }
}
