using System.Globalization;

namespace Simul.Cli;

// A comparison for people.
internal static class CompareTable
{
    public static void Show(CompareReport report)
    {
        Console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{report.Method} over {report.Inputs:N0} inputs, {report.Cores} core{(report.Cores == 1 ? "" : "s")}"));
        var table = new TextTable("engine", "workers", "wall", "cpu", "speed-up", "p50 an item", "p99 an item", "peak MB", "equal", "failed");
        for (int i = 1; i < 8; i++) table.RightAligned.Add(i);
        foreach (var f in report.Engines)
        {
            table.Add(
                new(f.Engine, f.Engine == report.Recommended ? "bold green" : null), Number(f.Workers, "N0"), Seconds(f.WallS), Seconds(f.CpuS),
                f.Speedup is { } x ? Number(x, "0.00") + "x" : "-", Seconds(f.P50Ms / 1e3), Seconds(f.P99Ms / 1e3), Number(f.PeakMb, "0"),
                new(f.Equal ? "yes" : f.Broke ? "-" : "no", f.Equal || f.Broke ? null : "red"), new(Number(f.Failed, "N0"), f.Failed > 0 ? "red" : null));
        }
        table.Write();
        foreach (var f in report.Engines.Where(f => f.Note is not null)) Console.Out.WriteLine($"{f.Engine}: {f.Note}");
        Console.Out.WriteLine($"Recommended: {report.Recommended ?? "none"}. {report.Reason}");
    }

    private static string Seconds(double? seconds) => seconds is { } s ? DurationText.Of(s) : "-";

    private static string Number(double? value, string format) => value is { } v ? v.ToString(format, CultureInfo.InvariantCulture) : "-";
}
