using System.Diagnostics.Metrics;

namespace Simul;

// The meter. All but the lateness is read from the loops' own counters when somebody asks: single words that the loop writes
// anyway, read from another thread as they are.
internal static class LoopMetrics
{
    private static readonly Meter s_meter = new(TelemetryNames.Meter);

    private static readonly Histogram<double> s_timerLateness = s_meter.CreateHistogram<double>(TelemetryNames.TimerLateness, "s", "How late the loop noticed that a timer was due.");

    static LoopMetrics()
    {
        Counter(TelemetryNames.Turns, "{turn}", "Turns begun.", static loop => loop.TotalTurns);
        Counter(TelemetryNames.Callbacks, "{callback}", "Callbacks run.", static loop => loop.TotalCallbacks);
        Counter(TelemetryNames.Injected, "{callback}", "Callbacks that came from other threads.", static loop => loop.TotalInjected);
        Counter(TelemetryNames.Strays, "{callback}", "Continuations that came back after the loop had ended.", static loop => loop.Strays.Total);
        Counter(TelemetryNames.TasksSpawned, "{task}", "Loop tasks spawned.", static loop => loop.TotalTasks);
        Gauge(TelemetryNames.Ready, "{callback}", "Callbacks that are ready now.", static loop => loop.Ready.Count);
        Gauge(TelemetryNames.Timers, "{timer}", "Deadlines waited for now.", static loop => loop.Timers.Count);
        Gauge(TelemetryNames.TasksAlive, "{task}", "Loop tasks that have not ended.", static loop => loop.TotalTasks - loop.TotalEndedTasks);
    }

    public static void RecordLateness(string loop, long ticks)
    {
        if (s_timerLateness.Enabled) s_timerLateness.Record(TimeSpan.FromTicks(ticks).TotalSeconds, new KeyValuePair<string, object?>(TelemetryNames.LoopTag, loop));
    }

    private static void Counter(string name, string unit, string says, Func<LoopCore, long> read) => s_meter.CreateObservableCounter(name, () => Measure(read), unit, says);

    private static void Gauge(string name, string unit, string says, Func<LoopCore, long> read) => s_meter.CreateObservableGauge(name, () => Measure(read), unit, says);

    private static IEnumerable<Measurement<long>> Measure(Func<LoopCore, long> read) =>
        LiveLoops.All().Select(loop => new Measurement<long>(read(loop), new KeyValuePair<string, object?>(TelemetryNames.LoopTag, loop.Name)));
}
