namespace Simul;

/// <summary>The names under which loops can be observed from outside: <c>dotnet-trace</c>, <c>dotnet-counters</c>,
/// OpenTelemetry.</summary>
/// <remarks>Each measurement carries the tag <see cref="LoopTag"/>. A loop's instruments are there while it runs.</remarks>
public static class TelemetryNames
{
    /// <summary>The event source: <c>dotnet-trace collect --providers Simul</c>.</summary>
    public const string EventSource = "Simul";

    /// <summary>The meter: <c>dotnet-counters monitor --counters Simul</c>.</summary>
    public const string Meter = "Simul";

    /// <summary>The activity source: a span for each loop task, and one for each attempt of an executor's item.</summary>
    public const string ActivitySource = "Simul";

    /// <summary>The tag that says which loop: its <see cref="EventLoopOptions.Name"/>.</summary>
    public const string LoopTag = "simul.loop";

    /// <summary>The tag of an item's span that says which kind of executor: its <c>Engine</c>.</summary>
    public const string EngineTag = "simul.engine";

    /// <summary>The tag of an item's span that says which worker: its name.</summary>
    public const string WorkerTag = "simul.worker";

    /// <summary>The tag of an item's span that says which attempt, beyond the first.</summary>
    public const string AttemptTag = "simul.attempt";

    /// <summary>Counter, <c>{turn}</c>: turns begun.</summary>
    public const string Turns = "simul.loop.turns";

    /// <summary>Counter, <c>{callback}</c>: callbacks run.</summary>
    public const string Callbacks = "simul.loop.callbacks";

    /// <summary>Counter, <c>{callback}</c>: callbacks that came from other threads.</summary>
    public const string Injected = "simul.loop.injected";

    /// <summary>Counter, <c>{callback}</c>: continuations that came back after the loop had ended.</summary>
    public const string Strays = "simul.loop.strays";

    /// <summary>Gauge, <c>{callback}</c>: callbacks that are ready now.</summary>
    public const string Ready = "simul.loop.ready";

    /// <summary>Gauge, <c>{timer}</c>: deadlines waited for now.</summary>
    public const string Timers = "simul.loop.timers";

    /// <summary>Histogram, <c>s</c>: how late the loop noticed that a timer was due, once for each time it looked and found
    /// some.</summary>
    public const string TimerLateness = "simul.loop.timer.lateness";

    /// <summary>Counter, <c>{task}</c>: loop tasks spawned.</summary>
    public const string TasksSpawned = "simul.loop.tasks.spawned";

    /// <summary>Gauge, <c>{task}</c>: loop tasks that have not ended.</summary>
    public const string TasksAlive = "simul.loop.tasks.alive";
}
