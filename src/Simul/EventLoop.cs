using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Simul;

/// <summary>An event loop: one thread that runs callbacks and tasks in turns, cooperatively, and waits for time and I/O in
/// between.</summary>
/// <remarks>
/// <para>Ordinary <c>async Task</c> code runs on it. What it awaits resumes on the loop; code of one loop never runs in parallel.</para>
/// <para>Ordering: first in, first out; a callback made ready in one turn runs in the next. That a timer is due is noticed
/// after at most one long callback or 64 short ones; its callback then takes its place at the end of the queue.</para>
/// <para>The end: when the main task has ended, what is left on the loop is cancelled and awaited; then it closes.</para>
/// <para>Thread safety: <see cref="Post"/>, <see cref="SubmitAsync{T}"/>, <see cref="TimeProvider"/> and <see cref="Name"/> may
/// be used from any thread, everything else on the loop.</para>
/// <para>Semantics: asyncio's loop with trio's structure.</para>
/// </remarks>
/// <example>
/// <code>
/// EventLoop.Run(async () =>
/// {
///     await EventLoop.Delay(TimeSpan.FromSeconds(1));
///     Console.WriteLine("a second later");
/// });
/// </code>
/// </example>
[DebuggerDisplay("{Name,nq}: {_root.CurrentChildren} tasks")]
public sealed partial class EventLoop : ILoopHost
{
    private readonly LoopCore _core;
    private readonly EventLoopOptions _options;
    private readonly GroupScope _root;
    private readonly List<Exception> _unhandled = [];
    private LoopTask? _main;
    private bool _closing;
    private bool _cancellable; // somebody outside may cancel the main task

    private EventLoop(EventLoopOptions options)
    {
        _options = options;
        _core = new LoopCore(options.Name, options.Clock, options.Scheduling, new PortableDriver()) { Host = this };
        _core.Yields = new YieldSource(_core);
        _core.Strays.Report = Log;
        _root = new GroupScope(_core, null, options.Name, supervisor: true, RootChildEnded);
        TimeProvider = new LoopTimeProvider(_core);
    }

    /// <summary>The loop's name.</summary>
    public string Name => _options.Name;

    /// <summary>The loop's clock for the BCL: <c>Task.Delay(time, loop.TimeProvider)</c>, <c>new PeriodicTimer(time, loop.TimeProvider)</c>.
    /// Its timers run on the loop. Thread-safe.</summary>
    public TimeProvider TimeProvider { get; }

    SynchronizationContext ILoopHost.RootContext => _root;

    /// <summary>Runs a main task on a new loop, on the calling thread, until it and everything it left on the loop has ended.</summary>
    /// <param name="main">The main task's body.</param>
    /// <param name="options">Clock, scheduling and handlers.</param>
    /// <param name="cancellationToken">Cancels the main task.</param>
    /// <exception cref="InvalidOperationException">The calling thread runs a loop already.</exception>
    /// <exception cref="LoopStalledException">Nothing can ever happen any more, and the main task has not ended.</exception>
    /// <exception cref="OperationCanceledException">The main task was cancelled.</exception>
    public static void Run(Func<Task> main, EventLoopOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        var loop = Open(options);
        loop.RunMain(new LoopTask(loop._root, main, "main"), cancellationToken);
    }

    /// <inheritdoc cref="Run(Func{Task}, EventLoopOptions?, CancellationToken)"/>
    /// <typeparam name="T">What the main task returns.</typeparam>
    /// <returns>What the main task returned.</returns>
    public static T Run<T>(Func<Task<T>> main, EventLoopOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        var loop = Open(options);
        var task = new LoopTask<T>(loop._root, main, "main");
        loop.RunMain(task, cancellationToken);
        return task.Result;
    }

    private static EventLoop Open(EventLoopOptions? options)
    {
        if (LoopCore.Current is { } running)
            throw new InvalidOperationException($"{running.Name} runs on this thread already, and loops do not nest. Await the work instead, or run the other loop on a thread of its own.");
        return new EventLoop(options ?? EventLoopOptions.Default);
    }

    // Shutdown order: main ends; the rest is cancelled and awaited, async void methods too; errors are gathered; what the loop
    // owns is disposed; injections are refused; its own resources are freed; clock and driver go.
    private void RunMain(LoopTask main, CancellationToken cancellationToken)
    {
        _main = main;
        _cancellable = cancellationToken.CanBeCanceled || _options.CancelOnInterrupt;
        var previous = _core.TakeBaton();
        using var watching = Watch(main);
        using var interrupt = _options.CancelOnInterrupt ? OnInterrupt(main) : null;
        using var cancel = cancellationToken.UnsafeRegister(static x => ((LoopTask)x!).Cancel("the token given to Run was cancelled"), main);
        try
        {
            _root.Start(main);
            _core.Run();
            _closing = true;
            _root.CancelOnLoop("the loop is ending");
            _core.Run(until: HasEnded);
            FinalizeOwned();
            _core.Close();
            _core.DisposeOwned();
        }
        finally
        {
            LoopCore.ReturnBaton(previous);
            _core.Clock.Dispose();
            _core.Driver.Dispose();
        }
        ThrowOutcome(main);
    }

    // Nothing of ours is left on the loop; or what is left can never end.
    private bool HasEnded() => _abandoned || (_root.CurrentChildren == 0 && Volatile.Read(ref _core.AsyncVoids) == 0);

    private void ThrowOutcome(LoopTask main)
    {
        var error = main.Error;
        if (_unhandled.Count > 0)
        {
            var all = error is null ? _unhandled : [error, .. _unhandled];
            if (all.Count == 1) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(all[0]);
            throw new AggregateException("More than one error ended the loop.", all);
        }
        if (error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        if (main.Status == LoopTaskStatus.Cancelled)
            throw new OperationCanceledException(main.Reason is { } why ? $"The main task was cancelled: {why}." : "The main task was cancelled.", main.ExtrasOrNull?.Token(cancelled: true) ?? default);
    }

    private void RootChildEnded(LoopTask child)
    {
        if (child == _main)
        {
            if (!_closing) _core.Stop();
        }
        else if (child.Error is { } error && !child.HasObserver)
        {
            _debug?.FailedUnobserved(child);
            HandleUnhandled(error);
        }
    }

    void ILoopHost.CallbackFailed(Exception error, SynchronizationContext? context)
    {
        // A stray or async void method that ends because it was told to.
        if (error is OperationCanceledException && context is LoopScope { IsCancelled: true }) return;
        HandleUnhandled(error);
    }

    private void HandleUnhandled(Exception error)
    {
        if (_options.UnhandledError is { } handler)
        {
            try
            {
                handler(error);
                return;
            }
            catch (Exception failed)
            {
                _unhandled.Add(failed);
            }
        }
        _unhandled.Add(error);
        _main?.CancelOnLoop($"an error nobody handled: {error.Message}");
    }

    private void Log(string line)
    {
        if (_options.Log is { } log) log(line);
        else Console.Error.WriteLine($"simul: {line}");
    }

    // The first interrupt cancels main; the second meets the default action and ends the process.
    private static PosixSignalRegistration OnInterrupt(LoopTask main)
    {
        int seen = 0;
        return PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            if (Interlocked.Exchange(ref seen, 1) != 0) return;
            context.Cancel = true;
            main.Cancel("interrupted (Ctrl+C)");
        });
    }
}
