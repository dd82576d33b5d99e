using System.Diagnostics.Tracing;

namespace Simul;

// The watch of a loop: hands what happens to debug mode, to the event source and to the activity source.
internal sealed class TaskWatch : LoopWatch
{
    private static readonly TimeSpan s_slow = new DebugOptions().SlowCallback;

    private readonly LoopCore _core;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _slow;
    private readonly bool _turns;
    private readonly bool _spans;
    private long _startedAt;

    public TaskWatch(LoopCore core, DebugMode? debug, StepLog? steps, bool spans)
    {
        var events = Telemetry.Events;
        _core = core;
        Debug = debug;
        Steps = steps;
        _spans = spans;
        _clock = debug?.Options.Clock ?? TimeProvider.System;
        _slow = debug?.Options.SlowCallback ?? s_slow;
        _turns = events?.IsEnabled(EventLevel.Verbose, SimulEventSource.Keywords.Turns) == true;
        TimesCallbacks = debug is not null || _turns || events?.IsEnabled(EventLevel.Warning, SimulEventSource.Keywords.Slowness) == true;
    }

    public DebugMode? Debug { get; }

    public override bool IsWanted => Debug is not null || Steps is not null || _spans || Telemetry.Events is not null;

    public void Spawned(LoopTask task)
    {
        Debug?.Spawned(task);
        Telemetry.Events?.TaskSpawned(_core.Name, task.Number, task.Name, LoopScope.Find()?.Owner?.Name ?? _core.Name);
    }

    // The first step is about to run, in the task's execution context.
    public void Started(LoopTask task)
    {
        Telemetry.Events?.TaskStarted(_core.Name, task.Number, task.Name);
        if (_spans) TaskActivities.Begin(task);
    }

    // A scope is about to be closed; a task's outcome is known by now.
    public void Closing(LoopScope scope)
    {
        Debug?.Closing(scope);
        if (scope is not LoopTask task) return;
        Telemetry.Events?.TaskEnded(_core.Name, task.Number, task.Name, task.Status.ToString());
        if (_spans) TaskActivities.End(task);
    }

    public override void TurnBegins(long turn, int callbacks)
    {
        if (_turns) Telemetry.Events?.Turn(_core.Name, turn, callbacks);
    }

    public override void CallbackBegins(SynchronizationContext? context)
    {
        _startedAt = _clock.GetTimestamp();
        Debug?.CallbackBegins(context, _startedAt);
    }

    public override void CallbackEnds(SynchronizationContext? context)
    {
        var took = _clock.GetElapsedTime(_startedAt);
        Debug?.CallbackEnds(context);
        if (took < _slow) return;
        Debug?.Slow(context, took);
        Telemetry.Events?.SlowCallback(_core.Name, (context as IStepOwner)?.StepName ?? "a callback", took.TotalMilliseconds);
    }

    public override void BatonGoesTo(Thread thread) => Debug?.BatonGoesTo(thread);

    public override void GreenletParks(Thread thread, SynchronizationContext? scope) => Debug?.GreenletParks(thread, scope);

    public override void GreenletGoesOn(Thread thread) => Debug?.GreenletGoesOn(thread);

    public override void BlockingWait() => Debug?.BlockingWait();
}
