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
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
[DebuggerDisplay("threads x {Workers}: {GetStatistics()}")]
public sealed class ThreadExecutor : Executor
{
    private readonly ThreadExecutorOptions _options;
    private readonly Lock _gate = new();
    private readonly LinkedList<ThreadJob> _queue = new();      // owner: _gate
    private readonly Stack<ThreadWorker> _idle = new();         // owner: _gate; the last to idle is the warmest
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started;
    private int _workers;       // live and not lost; owner: _gate, as all below
    private int _running;
    private bool _closed;
    private long _lastId;
    private long _totalCompleted;
    private long _totalFailed;
    private long _totalCancelled;
    private long _totalWorkers;

    /// <summary>Makes an executor; no thread starts yet.</summary>
    /// <param name="options">Workers, clock, observer.</param>
    public ThreadExecutor(ThreadExecutorOptions? options = null)
    {
        _options = options ?? new ThreadExecutorOptions();
        _started = _options.Clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public override string Engine => "threads";

    /// <inheritdoc/>
    public override int Workers => _options.Workers;

    internal ThreadExecutorOptions Options => _options;

    internal TimeSpan Elapsed => _options.Clock.GetElapsedTime(_started);

    /// <inheritdoc/>
    public override ExecutorStatistics GetStatistics()
    {
        lock (_gate) return new(_queue.Count, _running, _totalCompleted, _totalFailed, _totalCancelled, _totalWorkers);
    }

    /// <inheritdoc/>
    protected internal override Task<TResult> ExecuteAsync<TResult>(WorkItem<TResult> item, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        if (cancellationToken.IsCancellationRequested)
        {
            lock (_gate)
            {
                if (_closed) throw new ExecutorClosedException(Engine);
                _totalCancelled++;
            }
            return Task.FromCanceled<TResult>(cancellationToken);
        }
        return Start(item, cancellationToken).Task;
    }

    internal ThreadJob<TResult> Start<TResult>(WorkItem<TResult> item, CancellationToken cancellationToken)
    {
        var job = new ThreadJob<TResult>(this, item);
        job.WatchCancellation(cancellationToken);
        ThreadWorker? worker = null;
        lock (_gate)
        {
            if (_closed)
            {
                job.Forget();
                throw new ExecutorClosedException(Engine);
            }
            job.Id = ++_lastId;
            if (!_idle.TryPop(out worker) && _workers < Workers)
            {
                _workers++;
                worker = new ThreadWorker(this, $"{_options.Name ?? "thread"}-{++_totalWorkers}");
            }
            if (worker is null) job.Place = _queue.AddLast(job);
            else _running++;
        }
        if (worker is not null)
        {
            job.JoinClock();
            worker.Give(job);
        }
        else if (cancellationToken.IsCancellationRequested)
        {
            job.CallerCancelled(); // it came before the job stood in the queue
        }
        return job;
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        List<ThreadWorker> idle;
        lock (_gate)
        {
            _closed = true;
            idle = [.. _idle];
            _idle.Clear();
            _workers -= idle.Count;
            if (_workers == 0) _ended.TrySetResult();
        }
        foreach (var worker in idle) worker.Give(null);
        await _ended.Task;
    }

    // A cancelled job that waits in the queue leaves it. False when it is on a worker already.
    internal bool TryWithdraw(ThreadJob job)
    {
        lock (_gate)
        {
            if (job.Place is not { List: not null } place) return false;
            _queue.Remove(place);
            _totalCancelled++;
            return true;
        }
    }

    // What a worker does after a job: the next one, or null to idle, or leave. The next job joins the clock before the last
    // one leaves it, so that the clock cannot jump between them.
    internal ThreadJob? NextJob(ThreadWorker worker, ThreadJob done, out bool leave)
    {
        lock (_gate)
        {
            done.HasEnded = true;
            _running--;
            leave = false;
            if (worker.IsLost)
            {
                leave = true;
                return null;
            }
            if (_queue.First is { } first)
            {
                _queue.RemoveFirst();
                _running++;
                return first.Value;
            }
            if (_closed)
            {
                leave = true;
                if (--_workers == 0) _ended.TrySetResult();
                return null;
            }
            _idle.Push(worker);
            return null;
        }
    }

    // An item is past its limit: if it still runs, its thread is written off and another may start. One that ended meanwhile,
    // perhaps because its token told it to, has left its worker to others.
    internal void GiveUp(ThreadWorker worker, ThreadJob late)
    {
        ThreadWorker? replacement = null;
        ThreadJob? job = null;
        lock (_gate)
        {
            if (late.HasEnded) return;
            worker.IsLost = true;
            if (_queue.First is { } first)
            {
                job = first.Value;
                _queue.RemoveFirst();
                _running++;
                replacement = new ThreadWorker(this, $"{_options.Name ?? "thread"}-{++_totalWorkers}");
            }
            else if (--_workers == 0 && _closed)
            {
                _ended.TrySetResult();
            }
        }
        if (replacement is null) return;
        job!.JoinClock();
        replacement.Give(job);
    }

    // An item has ended, or is past its limit; called before its outcome is told, so that whoever awaits it finds it counted.
    internal void Count(WorkEnd ended)
    {
        lock (_gate)
        {
            switch (ended)
            {
                case WorkEnd.Completed:
                    _totalCompleted++;
                    break;
                case WorkEnd.Failed:
                    _totalFailed++;
                    break;
                default:
                    _totalCancelled++;
                    break;
            }
        }
    }
}
