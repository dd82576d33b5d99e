using System.Diagnostics;

namespace Simul;

/// <summary>Runs work items on threads of its own: for blocking calls, and for CPU-bound work that can be trusted.</summary>
/// <remarks>
/// <para>The threads are dedicated, named and bounded, never the shared pool's, so blocking is safe. They start on demand; an
/// idle one is used before a new one starts.</para>
/// <para>Asynchronous methods run on an event loop of the worker's thread, one item at a time.</para>
/// <para>Cancellation: before the start it takes the item out of the queue; afterwards it is up to the method, since a thread
/// cannot be killed. At its time limit an item fails at once, and if it goes on all the same its thread is given up for lost
/// and replaced.</para>
/// <para>Nesting: an item may submit to its own executor and wait for it. While something it submitted has not ended its own
/// slot is lent, so that such a nest cannot lock up; there may be that many threads more than
/// <see cref="ThreadExecutorOptions.Workers"/>.</para>
/// <para>An executor nobody disposed keeps its idle threads until the process ends; they are background threads.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
[DebuggerDisplay("threads x {Workers}: {GetStatistics()}")]
public sealed class ThreadExecutor : Executor
{
    private readonly ThreadExecutorOptions _options;
    private readonly Host _host;

    /// <summary>Makes an executor; no thread starts yet.</summary>
    /// <param name="options">Workers, clock, observer.</param>
    public ThreadExecutor(ThreadExecutorOptions? options = null)
    {
        _options = options ?? new ThreadExecutorOptions();
        _host = new Host(this);
        Books = new LocalBooks(_host);
    }

    /// <inheritdoc/>
    public override string Engine => "threads";

    /// <inheritdoc/>
    public override int Workers => _options.Workers;

    /// <inheritdoc/>
    protected internal override TimeProvider Clock => _options.Clock;

    internal LocalBooks Books { get; }

    /// <inheritdoc/>
    public override ExecutorStatistics GetStatistics() => Books.GetStatistics();

    /// <inheritdoc/>
    public override Task ShutdownAsync(ShutdownMode mode = ShutdownMode.Finish, TimeSpan? timeLimit = null) => Books.ShutdownAsync(mode, timeLimit, _host.Ended.Task);

    /// <inheritdoc/>
    public override ValueTask DisposeAsync() => new(ShutdownAsync());

    /// <inheritdoc/>
    public override Task WaitForRoomAsync(CancellationToken cancellationToken = default) => Books.WaitForRoomAsync(cancellationToken);

    /// <inheritdoc/>
    protected internal override Task<TResult> ExecuteAsync<TResult>(WorkItem<TResult> item, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (!cancellationToken.IsCancellationRequested) return Start(item, cancellationToken).Task;
        Books.CountCancelled();
        return Task.FromCanceled<TResult>(cancellationToken);
    }

    internal ThreadJob<TResult> Start<TResult>(WorkItem<TResult> item, CancellationToken cancellationToken)
    {
        var job = new ThreadJob<TResult>(this, item, cancellationToken);
        job.WatchCancellation();
        Books.Accept(job);
        return job;
    }

    // What a worker does after a job: the next one, or null to idle, or leave. The next job joins the clock before the last
    // one leaves it, so that the clock cannot jump between them.
    internal LocalJob? NextJob(ThreadWorker worker, LocalJob done, out bool leave)
    {
        LocalJob? next = null;
        RoomWaiters.Batch woken;
        TimeSpan? wait;
        lock (Books.Gate)
        {
            wait = Books.LeaveLocked(done);
            leave = worker.IsLost;
            if (!leave)
            {
                // More than there may be: a slot was lent, and is not any longer.
                leave = _host.Live - Books.Lent > Workers;
                if (!leave) next = Books.TakeLocked();
                if (next is null && Books.IsDrained) leave = true;
                if (leave) _host.Live--;
                else if (next is null) _host.Idle.Push(worker);
                else ((IThreadJob)next).Worker = worker;
            }
            woken = Books.TakeRoomLocked();
        }
        Books.Left(done, wait);
        woken.Wake();
        return next;
    }

    // An item is past its limit: if it still runs, its thread is written off and another may start. One that ended meanwhile,
    // perhaps because its token told it to, has left its worker to others.
    internal void GiveUp(ThreadWorker worker, LocalJob late)
    {
        lock (Books.Gate)
        {
            if (!late.OnWorker || worker.IsLost) return;
            WriteOffLocked(worker, late);
        }
        Books.Dispatch();
        _host.CheckEnded();
    }

    // The last thing a thread does.
    internal void Gone(ThreadWorker worker)
    {
        lock (Books.Gate)
        {
            if (!worker.IsLost) _host.Threads--;
        }
        _host.CheckEnded();
    }

    private void WriteOffLocked(ThreadWorker worker, LocalJob job)
    {
        worker.IsLost = true;
        _host.Live--;
        _host.Threads--;
        Books.WrittenOffLocked(job);
    }

    // The engine as its books see it.
    private sealed class Host(ThreadExecutor executor) : ILocalEngine
    {
        public TaskCompletionSource Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        // Owner of these: the books' gate.
        public Stack<ThreadWorker> Idle { get; } = new(); // the last to idle is the warmest

        public int Live { get; set; }    // that take jobs

        public int Threads { get; set; } // that have not gone, and are not lost

        public long TotalWorkersStarted { get; private set; }

        public string Engine => executor.Engine;

        public ExecutorOptions CommonOptions => executor._options;

        public bool TryPlaceLocked(LocalJob job)
        {
            if (!Idle.TryPop(out var worker))
            {
                if (Live - executor.Books.Lent >= executor.Workers) return false;
                Live++;
                Threads++;
                worker = new ThreadWorker(executor, $"{executor._options.Name ?? "thread"}-{++TotalWorkersStarted}");
            }
            ((IThreadJob)job).Worker = worker;
            return true;
        }

        public void Begin(LocalJob job)
        {
            var threadJob = (IThreadJob)job;
            threadJob.JoinClock();
            threadJob.Worker!.Give(job);
        }

        public void WriteOffLocked(LocalJob job)
        {
            if (((IThreadJob)job).Worker is { IsLost: false } worker) executor.WriteOffLocked(worker, job);
        }

        public void OnDrained(bool killed)
        {
            List<ThreadWorker> idle;
            lock (executor.Books.Gate)
            {
                idle = [.. Idle];
                Idle.Clear();
                Live -= idle.Count;
            }
            foreach (var worker in idle) worker.Give(null);
            CheckEnded();
        }

        public void CheckEnded()
        {
            lock (executor.Books.Gate)
            {
                if (!executor.Books.IsDrained || Threads > 0) return;
            }
            Ended.TrySetResult();
        }
    }
}
