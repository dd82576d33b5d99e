using System.Diagnostics;

namespace Simul;

/// <summary>Runs work items on one event loop: for very many items that mostly wait.</summary>
/// <remarks>
/// <para>Asynchronous methods overlap while they wait. A synchronous method holds up every other item while it runs; for those
/// use threads or processes.</para>
/// <para>The loop has a thread of its own, started with the first item and ended by <see cref="DisposeAsync"/>.</para>
/// <para>Cancellation: an item's task is cancelled, as loop tasks are: at its next checkpoint, or through its token.</para>
/// <para>Nesting: an item may submit to its own executor and await it; its own slot is lent meanwhile. One that blocks its
/// thread for it (<c>.Result</c>) blocks the loop, and so itself.</para>
/// <para>An executor nobody disposed keeps its loop until the process ends, on a background thread.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
[DebuggerDisplay("loop x {Workers}: {GetStatistics()}")]
public sealed class LoopExecutor : Executor
{
    private readonly LoopExecutorOptions _options;
    private readonly Host _host;
    private Task<bool>? _initializing; // owner: the loop

    /// <summary>Makes an executor; its loop starts with the first item.</summary>
    /// <param name="options">Concurrency, clock, observer.</param>
    public LoopExecutor(LoopExecutorOptions? options = null)
    {
        _options = options ?? new LoopExecutorOptions();
        _host = new Host(this);
        Books = new LocalBooks(_host);
    }

    /// <inheritdoc/>
    public override string Engine => "loop";

    /// <inheritdoc/>
    public override int Workers => _options.Workers;

    /// <inheritdoc/>
    protected internal override TimeProvider Clock => _options.Clock;

    internal LocalBooks Books { get; }

    internal string WorkerName => _options.Name ?? "loop";

    // What the initializer made; owner: the loop.
    internal object? State { get; private set; }

    /// <inheritdoc/>
    public override ExecutorStatistics GetStatistics() => Books.GetStatistics();

    /// <inheritdoc/>
    /// <remarks>The loop's thread cannot be killed: with <see cref="ShutdownMode.Kill"/> it is cancelled, and not waited for.</remarks>
    public override Task ShutdownAsync(ShutdownMode mode = ShutdownMode.Finish, TimeSpan? timeLimit = null) => Books.ShutdownAsync(mode, timeLimit, _host.Ended.Task);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => new(ShutdownAsync());

    /// <inheritdoc/>
    public override Task WaitForRoomAsync(CancellationToken cancellationToken = default) => Books.WaitForRoomAsync(cancellationToken);

    /// <inheritdoc/>
    protected internal override Task<TResult> ExecuteAsync<TResult>(WorkItem<TResult> item, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (cancellationToken.IsCancellationRequested)
        {
            Books.CountCancelled();
            return Task.FromCanceled<TResult>(cancellationToken);
        }
        var job = new LoopJob<TResult>(this, item, cancellationToken);
        job.WatchCancellation();
        Books.Accept(job);
        return job.Task;
    }

    // On the loop. The first item runs the initializer, the others wait for it.
    internal Task<bool> InitializeAsync() => _initializing ??= RunInitializerAsync();

    // On the loop: an item's run is over.
    internal void Leave(LocalJob job)
    {
        TimeSpan? wait;
        lock (Books.Gate) wait = Books.LeaveLocked(job);
        Books.Left(job, wait);
        Books.Dispatch();
    }

    private async Task<bool> RunInitializerAsync()
    {
        if (_options.Initializer is not { } initializer) return true;
        WorkContext.Current = new WorkContext(Engine, WorkerName, _options.Clock, CancellationToken.None);
        try
        {
            State = await initializer.RunAsync();
            return true;
        }
        catch (Exception error)
        {
            Books.FailInitializer(WorkerName, error);
            return false;
        }
    }

    // The engine as its books see it.
    private sealed class Host(LoopExecutor executor) : ILocalEngine
    {
        private readonly Lock _gate = new(); // not the books': a loop is started under it
        private EventLoopThread? _thread;    // owner: _gate
        private bool _stopping;              // owner: _gate

        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public string Engine => executor.Engine;

        public ExecutorOptions CommonOptions => executor._options;

        public long TotalWorkersStarted => Volatile.Read(ref _thread) is null ? 0 : 1;

        public bool TryPlaceLocked(LocalJob job) => executor.Books.Running - executor.Books.Lent < executor.Workers;

        public void Begin(LocalJob job)
        {
            var loopJob = (ILoopJob)job;
            loopJob.JoinClock();
            var loop = Loop();
            // What made room for it may be another item, whose context is not this one's.
            if (loopJob.Flow is { } flow) ExecutionContext.Run(flow, _ => loop.SubmitAsync(loopJob.RunAsync), null);
            else loop.SubmitAsync(loopJob.RunAsync);
        }

        // Its task goes on as long as it will.
        public void WriteOffLocked(LocalJob job) => executor.Books.WrittenOffLocked(job);

        public void OnDrained(bool killed)
        {
            EventLoopThread? toStop;
            lock (_gate)
            {
                toStop = _stopping ? null : _thread;
                _stopping = true;
                if (_thread is null) killed = true; // nothing to wait for
            }
            if (toStop is not null) _ = StopAsync(toStop);
            if (killed) Ended.TrySetResult(); // the loop ends behind it, if ever
        }

        private EventLoop Loop()
        {
            lock (_gate)
            {
                return (_thread ??= new EventLoopThread(new EventLoopOptions
                {
                    Name = executor.WorkerName,
                    Clock = executor._options.Clock,
                    UnhandledError = executor._options.UnhandledError ?? (static error => Console.Error.WriteLine($"simul: an item on the loop left an error nobody handled: {error}")),
                })).Loop;
            }
        }

        private async Task StopAsync(EventLoopThread thread)
        {
            try
            {
                thread.RequestStop(); // the last item may be what calls this, on the loop
                await thread.Completion.ConfigureAwait(false);
                WorkerInitializer.DisposeState(executor.State, executor.WorkerName);
                Ended.TrySetResult();
            }
            catch (Exception error)
            {
                Ended.TrySetException(error);
            }
        }
    }
}
