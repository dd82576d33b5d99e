using System.Runtime.InteropServices;

namespace Simul;

// Who looks on: debug mode, an observer, listeners to the event, activity and meter sources.
public sealed partial class EventLoop
{
    private DebugMode? _debug;
    private StepLog? _steps;
    private bool _spans;

    // For as long as the loop runs. A loop that is not watched has no watch, and pays nothing.
    private IDisposable Watch()
    {
        if (_options.Debug is { } debug) _debug = new DebugMode(_core, debug, Log);
        if (_options.Observer is { } observer) _steps = new StepLog(observer, Name);
        _spans = TaskActivities.Source.HasListeners();
        LoopMetrics.Publish();
        SimulEventSource.Log.WhenSwitched(ChooseWatches);
        LiveLoops.Add(_core);
        ChooseWatch();
        if (SimulEventSource.Log.IsEnabled()) SimulEventSource.Log.LoopStarted(Name);
        return new Watching(this, _options.Debug is { DumpOnQuit: true } ? OnQuit() : null);
    }

    // A listener to the event source came or went; on its thread.
    private static void ChooseWatches()
    {
        foreach (var core in LiveLoops.All()) (core.Host as EventLoop)?.ChooseWatch();
    }

    private void ChooseWatch() =>
        Volatile.Write(ref _core.Watch, _debug is not null || _steps is not null || _spans || SimulEventSource.Log.IsEnabled() ? new TaskWatch(_core, _debug, _steps, _spans) : null);

    private void EndWatching()
    {
        LiveLoops.Remove(_core);
        _steps?.Flush(_core.Clock.Now);
        _debug?.LoopEnded();
        if (SimulEventSource.Log.IsEnabled()) SimulEventSource.Log.LoopEnded(Name, _core.TotalTurns, _core.TotalCallbacks);
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
