namespace Simul;

// The sources that tools listen to: events, metrics, activities. Making them costs 5 to 15 ms once in a process, a good part of
// a short program's whole run, so they are made on a thread of the pool while the first loop already runs; unless somebody
// seems to listen already: then before its first turn, so that nothing is missed.
//
// No field or signature here names a type of System.Diagnostics.DiagnosticSource, so that nothing loads that assembly before.
// Thread safety: any thread.
internal static class Telemetry
{
    private const string Listening = "System.Diagnostics.DiagnosticSource";

    private static readonly Lock s_gate = new();
    private static volatile SimulEventSource? s_events;
    private static volatile Func<bool>? s_hasActivityListeners;
    private static volatile Action<string, long>? s_recordLateness;
    private static int s_begun;       // interlocked

    // The event source, when somebody listens to it.
    public static SimulEventSource? Events => s_events is { } events && events.IsEnabled() ? events : null;

    public static bool HasActivityListeners => s_hasActivityListeners?.Invoke() == true;

    // Which loop, and by how many ticks a due timer was noticed late. Null until the meter is there.
    public static Action<string, long>? RecordLateness => s_recordLateness;

    // Called when a loop begins. From then on, changed is called when a listener may have come or gone.
    public static void Publish(Action changed)
    {
        if (Interlocked.Exchange(ref s_begun, 1) != 0) return;
        if (SomebodySeemsToListen()) PublishNow(changed);
        else ThreadPool.UnsafeQueueUserWorkItem(PublishNow, changed, preferLocal: false);
    }

    public static void PublishNow(Action changed)
    {
        lock (s_gate)
        {
            if (s_events is not null) return;
            s_recordLateness = LoopMetrics.RecordLateness;
            s_hasActivityListeners = static () => LoopActivities.Source.HasListeners();
            s_events = new SimulEventSource(changed);
        }
        changed();
    }

    // A program that uses metrics or activities has their assembly loaded; one that is traced from its start was told so.
    private static bool SomebodySeemsToListen() =>
        Environment.GetEnvironmentVariable("DOTNET_EnableEventPipe") == "1" || Environment.GetEnvironmentVariable("DOTNET_DiagnosticPorts") is not null
        || AppDomain.CurrentDomain.GetAssemblies().Any(static assembly => assembly.FullName?.StartsWith(Listening, StringComparison.Ordinal) == true);
}
