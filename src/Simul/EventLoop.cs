using System.Diagnostics;

namespace Simul;

/// <summary>An event loop: one thread that runs callbacks and tasks in turns, cooperatively, and waits for time and I/O in
/// between.</summary>
/// <remarks>
/// <para>Ordinary <c>async Task</c> code runs on it. What it awaits resumes on the loop; code of one loop never runs in parallel.</para>
/// <para>Ordering: first in, first out; a callback made ready in one turn runs in the next. That a timer is due is noticed
/// after at most one long callback or 64 short ones; its callback then takes its place at the end of the queue.</para>
/// <para>The end: when the main task has ended, what is left on the loop is cancelled and awaited; then it closes. To own a
/// loop that outlives a task, use <see cref="EventLoopThread"/> or <see cref="Open"/>.</para>
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
    private LoopTask? _main;   // set while a main task runs; a hosted loop may have several in its life, or none
    private bool _cancellable; // somebody outside may cancel the main task

    internal EventLoop(EventLoopOptions options)
    {
        _options = options;
        _core = new LoopCore(options.Name, options.Clock, options.Scheduling, new PortableDriver()) { Host = this };
        _core.Yields = new YieldSource(_core);
        _core.Strays.Report = Log;
        GreenletPool.Configure(_core, options.Greenlets);
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
        var loop = Create(options);
        loop.RunMain(new LoopTask(loop._root, main, "main"), cancellationToken);
    }

    /// <inheritdoc cref="Run(Func{Task}, EventLoopOptions?, CancellationToken)"/>
    /// <typeparam name="T">What the main task returns.</typeparam>
    /// <returns>What the main task returned.</returns>
    public static T Run<T>(Func<Task<T>> main, EventLoopOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        var loop = Create(options);
        var task = new LoopTask<T>(loop._root, main, "main");
        loop.RunMain(task, cancellationToken);
        return task.Result;
    }

    internal static EventLoop Create(EventLoopOptions? options)
    {
        RequireNoOther();
        return new EventLoop(options ?? EventLoopOptions.Default);
    }

    private static void RequireNoOther()
    {
        if (LoopCore.Current is { } running)
            throw new InvalidOperationException($"{running.Name} runs on this thread already, and loops do not nest. Await the work instead, or run the other loop on a thread of its own (EventLoopThread).");
    }

    private void RootChildEnded(LoopTask child)
    {
        if (child == _main)
        {
            if (_endsWithMain) RequestEndOnLoop();
            else _core.Stop();
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
        if (error is LeftBehindException || (error is OperationCanceledException && context is LoopScope { IsCancelled: true })) return;
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
        if (_main is not null) _main.CancelOnLoop($"an error nobody handled: {error.Message}");
        else if (_onItsOwn) RequestEndOnLoop();
    }

    private void Log(string line)
    {
        if (_options.Log is not { } log)
        {
            Console.Error.WriteLine($"simul: {line}");
            return;
        }
        try
        {
            log(line);
        }
        catch (Exception error)
        {
            // Whoever happened to have something to say has no part in it, and what he said must not be lost with it.
            Console.Error.WriteLine($"simul: {line} (the log of {Name} failed: {error.GetType().Name}: {error.Message})");
        }
    }
}
