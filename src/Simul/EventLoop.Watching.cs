using System.Runtime.InteropServices;

namespace Simul;

// Who looks on: debug mode, an observer, listeners to the event, activity and meter sources.
public sealed partial class EventLoop
{
    private DebugMode? _debug;
    private StepLog? _steps;

    // For as long as the loop runs. A loop that is not watched has no watch, and pays nothing.
    private IDisposable Watch(LoopTask main)
    {
        if (_options.Debug is { } debug) _debug = new DebugMode(_core, debug, Log);
        if (_options.Observer is { } observer) _steps = new StepLog(observer, Name);
        LiveLoops.Add(_core);
        Telemetry.Publish(ChooseWatches);
        ChooseWatch();
        Telemetry.Events?.LoopStarted(Name);
        (_core.Watch as TaskWatch)?.Spawned(main); // it was made before anybody looked on
        return new Watching(this, _options.Debug is { DumpOnQuit: true } ? OnQuit() : null);
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

    // Not every platform has it.
    private PosixSignalRegistration? OnQuit() => OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGQUIT, context =>
    {
        context.Cancel = true;
        Log(DumpTasks());
    });

    private sealed class Watching(EventLoop loop, IDisposable? quit) : IDisposable
    {
        public void Dispose()
        {
            quit?.Dispose();
            loop.EndWatching();
        }
    }
}
