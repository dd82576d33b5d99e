using System.Diagnostics;

namespace Simul;

internal static class LoopActivities
{
    public static readonly ActivitySource Source = new(TelemetryNames.ActivitySource);
}
