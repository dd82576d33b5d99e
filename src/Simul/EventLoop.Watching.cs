namespace Simul;

// Who looks on: debug mode, an observer, listeners to the event, activity and meter sources.
public sealed partial class EventLoop
{
    private DebugMode? _debug;
    private StepLog? _steps;
    private IDisposable? _watching; // from the first task to the close

    // For as long as the loop runs. A loop that is not watched has no watch, and pays nothing.
    private IDisposable Watch()
    {
        if (_options.Debug is { } debug) _debug = new DebugMode(_core, debug, Log);
        if (_options.Observer is { } observer) _steps = new StepLog(observer, Name);
        LiveLoops.Add(_core);
        Telemetry.Publish(ChooseWatches);
        ChooseWatch();
        Telemetry.Events?.LoopStarted(Name);
        // It was made before anybody looked on.
        if (_main is not null) (_core.Watch as TaskWatch)?.Spawned(_main);
        return new Watching(this);
    }

    // A listener may have come or gone; on its thread.
    internal static void ChooseWatches()
    {
        foreach (var core in LiveLoops.All()) (core.Host as EventLoop)?.ChooseWatch();
    }

    private void ChooseWatch()
    {
        bool spans = Telemetry.HasActivityListeners;
        bool watched = _debug is not null || _steps is not null || spans || Telemetry.Events is not null;
        Volatile.Write(ref _core.Watch, watched ? new TaskWatch(_core, _debug, _steps, spans) : null);
    }

    private void EndWatching()
    {
        LiveLoops.Remove(_core);
        _steps?.Flush(_core.Clock.Now);
        _debug?.LoopEnded();
        Telemetry.Events?.LoopEnded(Name, _core.TotalTurns, _core.TotalCallbacks);
    }

    private sealed class Watching(EventLoop loop) : IDisposable
    {
        public void Dispose() => loop.EndWatching();
    }
}
