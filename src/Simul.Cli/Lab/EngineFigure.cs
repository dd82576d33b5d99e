using System.Text.Json.Serialization;
using Simul.Diagnostics;

namespace Simul.Cli;

// What was measured of one engine. The figures are null when the engine did not get through.
// Speedup: against the same items one by one. CpuS: user and system time of the host and its workers. PeakMb: proportional
// memory of the same processes, workers included. Equal: every result is the one of the reference run.
internal sealed record EngineFigure(
    string Engine, int Workers, double? WallS, double? CpuS, double? Speedup, double? P50Ms, double? P99Ms, double? PeakMb, bool Equal, int Failed, string? Note)
{
    // The part of the time in which the garbage collector held the host still. Null where it is not known (workers).
    [JsonIgnore]
    public double? GcShare { get; init; }

    // Which worker did what when; kept for --report.
    [JsonIgnore]
    public Timeline? Timeline { get; init; }

    // It ended the process, or got stuck.
    [JsonIgnore]
    public bool Broke { get; init; }
}
