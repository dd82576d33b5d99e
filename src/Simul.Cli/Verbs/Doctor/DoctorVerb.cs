using System.CommandLine;

namespace Simul.Cli;

// `simul doctor`: what this machine offers to the engines. Missing things are no failure: each has a way round, named here.
internal sealed class DoctorVerb : IVerb
{
    public Command Build()
    {
        var json = HouseOption.Json();
        var command = new Command("doctor", "What this machine offers: kernel, cores, limits, broker.") { json };
        command.SetAction(async (parsed, cancellation) =>
        {
            var report = await ExamineAsync(cancellation);
            if (parsed.GetValue(json)) JsonOutput.Write(report, CliJson.Default.DoctorReport);
            else Show(report);
            return Application.Done;
        });
        return command;
    }

    internal static async Task<DoctorReport> ExamineAsync(CancellationToken cancellation)
    {
        // The two that wait for somebody else run beside the others.
        var broker = Task.Run(() => OutsideChecks.BrokerAsync(cancellation), cancellation);
        var python = Task.Run(() => OutsideChecks.PythonAsync(cancellation), cancellation);
        var checks = new List<DoctorCheck>();
        checks.AddRange(MachineChecks.All());
        checks.AddRange(KernelChecks.All());
        checks.AddRange(LimitChecks.All());
        checks.Add(await broker);
        checks.Add(await python);
        return new DoctorReport(ToolVersion.Text, checks);
    }

    private static void Show(DoctorReport report)
    {
        var table = new TextTable("verdict", "check", "value", "what follows") { HasHeader = false };
        foreach (var check in report.Checks)
        {
            string colour = check.Verdict switch { "ok" => "green", "limited" => "yellow", _ => "red" };
            table.Add(new(check.Verdict, colour), check.Name, check.Value, new(check.Consequence, "dim"));
        }
        table.Write();
    }
}
