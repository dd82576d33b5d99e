using System.CommandLine;
using Simul.Cli.Jobs;

namespace Simul.Cli;

// `simul compare`: one method over the same inputs on every engine, measured, results held against each other.
internal sealed class CompareVerb : IVerb
{
    public Command Build()
    {
        var assembly = JobOptions.Assembly();
        var method = JobOptions.Method();
        var inputs = JobOptions.Inputs();
        var engines = HouseOption.Choices("--engines", "Which engines to try. Default: all.", JobOptions.Engines);
        var workers = JobOptions.Workers();
        var timeout = HouseOption.Duration("--timeout", "How long one item may run, on every engine. The process engine kills what does not stop.");
        var json = HouseOption.Json();
        var page = HouseOption.Report();
        var command = new Command("compare", "Run your own method over your own inputs on every engine: equal results, times, memory, and which to take.")
        {
            assembly, method, inputs, engines, workers, timeout, page, json,
        };
        command.SetAction(async (parsed, cancellation) =>
        {
            var lines = Files.ReadItems(parsed.GetValue(inputs)!, "--inputs");
            await using var reportFile = parsed.GetValue(page) is { } file ? Files.Create(file.FullName, "--report") : null;
            try
            {
                var target = await JobAssemblyFinder.FindAsync(parsed.GetValue(assembly)!, cancellation);
                var comparison = new EngineComparison(target, parsed.GetValue(method)!, lines, parsed.GetValue(workers), parsed.GetValue(timeout), TimeProvider.System);
                var report = await comparison.RunAsync(parsed.GetValue(engines) is { Length: > 0 } chosen ? chosen : JobOptions.Engines, cancellation);
                if (reportFile is not null)
                {
                    CompareTimeline.Write(reportFile, report);
                    Terminal.Message($"the timeline is in {reportFile.Name}");
                }
                if (parsed.GetValue(json)) JsonOutput.Write(report, CliJson.Default.CompareReport);
                else CompareTable.Show(report);
                return report.Recommended is null ? Application.Failed : Application.Done;
            }
            catch (JobFailure failure)
            {
                Terminal.Message(failure.Message);
                return Application.Failed;
            }
            finally
            {
                // Opened early, so that hours are not lost to a typo; but an empty page is no report.
                if (reportFile is { Length: 0 }) File.Delete(reportFile.Name);
            }
        });
        return command;
    }
}
