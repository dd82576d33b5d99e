using System.Globalization;
using Simul.Diagnostics;

namespace Simul.Cli;

// A comparison as a page: which worker did what when, engine by engine.
internal static class CompareTimeline
{
    public static void Write(Stream stream, CompareReport report) => TimelineReport.WriteHtml(stream, new TimelineDocument
    {
        Title = string.Create(CultureInfo.InvariantCulture, $"{report.Method} over {report.Inputs:N0} inputs"),
        Lead = $"Recommended: {report.Recommended ?? "none"}. {report.Reason}",
        Clock = TimelineClock.Wall,
        DurationLabel = "wall",
        Sections = [.. report.Engines.Where(f => f.Timeline is not null).Select(Section)],
    });

    private static TimelineSection Section(EngineFigure f) => new()
    {
        Name = f.Engine,
        Description = f.Note,
        Timeline = f.Timeline!,
        Duration = f.WallS is { } wall ? TimeSpan.FromSeconds(wall) : null,
        Facts =
        [
            new("workers", f.Workers.ToString("N0", CultureInfo.InvariantCulture)),
            new("cpu", f.CpuS is { } cpu ? DurationText.Of(cpu) : "-"),
            new("speed-up", f.Speedup is { } x ? x.ToString("0.00", CultureInfo.InvariantCulture) + "x" : "-"),
            new("peak MB", f.PeakMb is { } mb ? mb.ToString("0", CultureInfo.InvariantCulture) : "-"),
            new("equal", f.Equal ? "yes" : "no"),
            new("failed", f.Failed.ToString("N0", CultureInfo.InvariantCulture)),
        ],
    };
}
