using System.Globalization;
using Spectre.Console;

namespace Simul.Cli;

// A comparison for people.
internal static class CompareTable
{
    public static void Show(CompareReport report)
    {
        Terminal.Out.MarkupLineInterpolated($"[bold]{report.Method}[/] over {report.Inputs.ToString("N0", CultureInfo.InvariantCulture)} inputs, {report.Cores} cores");
        var table = new Table().Border(TableBorder.Rounded);
        table.AddColumns("engine", "workers", "wall", "cpu", "speed-up", "p50 an item", "p99 an item", "peak MB", "equal", "failed");
        for (int i = 1; i < 8; i++) table.Columns[i].RightAligned();
        foreach (var f in report.Engines)
        {
            string name = f.Engine == report.Recommended ? $"[bold green]{f.Engine}[/]" : f.Engine;
            table.AddRow(
                name, Number(f.Workers, "N0"), Seconds(f.WallS), Seconds(f.CpuS), f.Speedup is { } x ? Number(x, "0.00") + "x" : "-",
                Seconds(f.P50Ms / 1e3), Seconds(f.P99Ms / 1e3), Number(f.PeakMb, "0"), f.Equal ? "yes" : f.Broke ? "-" : "[red]no[/]", f.Failed > 0 ? $"[red]{Number(f.Failed, "N0")}[/]" : "0");
        }
        Terminal.Out.Write(table);
        foreach (var f in report.Engines.Where(f => f.Note is not null)) Terminal.Out.MarkupLineInterpolated($"{f.Engine}: {f.Note}");
        Terminal.Out.MarkupLineInterpolated($"Recommended: [bold]{report.Recommended ?? "none"}[/]. {report.Reason}");
    }

    private static string Seconds(double? seconds) => seconds is { } s ? DurationText.Of(s) : "-";

    private static string Number(double? value, string format) => value is { } v ? v.ToString(format, CultureInfo.InvariantCulture) : "-";
}
