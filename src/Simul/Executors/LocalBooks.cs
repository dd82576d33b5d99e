using System.Diagnostics;

namespace Simul;

// The books of an engine whose items run in this process: what waits, what runs, what is to be tried again, who was promised
// an end. The engine says when it has room and runs what it is given.
//
// One lock, the gate, owns all of it and the engine's workers. Nothing foreign is called under it: items begin, outcomes are
// told and tokens cancelled after it was let go.
//
// An item that submits to its own executor may wait for what it submitted. While something of it is open its own slot is lent:
// it does not count against the bound. So a nest of items that wait for each other ends, at the price of a worker for each
// that waits.
internal sealed class LocalBooks(ILocalEngine engine)
{
    private readonly PriorityLine<LocalJob> _line = new();
    private readonly HashSet<LocalJob> _running = [];   // what was written off stays in it while it runs
    private readonly HashSet<LocalJob> _delayed = [];
    private readonly RoomWaiters _room = new();
    private readonly long _began = engine.CommonOptions.Clock.GetTimestamp();
    private ShutdownMode _mode;
    private bool _closed;
    private Exception? _initializerError;
    private string _failedWorker = "";
    private long _lastId;
    private long _open;              // accepted, outcome not fixed
    private long _totalCompleted;
    private long _totalFailed;
    private long _totalCancelled;
    private long _totalRetries;
    private long _totalRefused;
    private long _totalDropped;

    public Lock Gate { get; } = new(); // owner of everything here but _began

    public ExecutorOptions Options => engine.CommonOptions;

    public string Engine => engine.Engine;

    public TimeSpan Elapsed => Options.Clock.GetElapsedTime(_began);

    // Slots of items that have submitted to their own executor and not seen the end of it.
    public int Lent { get; private set; }

    public int Running => _running.Count;

    public bool IsDrained => _closed && _open == 0;

    public ExecutorStatistics GetStatistics()
    {
        lock (Gate)
        {
            return new(_line.Count + _delayed.Count, _running.Count, _totalCompleted, _totalFailed, _totalCancelled, engine.TotalWorkersStarted)
            {
                TotalRetries = _totalRetries,
                TotalRefused = _totalRefused,
                TotalDropped = _totalDropped,
            };
        }
    }

    public void ThrowIfClosed()
    {
        lock (Gate)
        {
            if (_closed) throw new ExecutorClosedException(Engine);
        }
    }

    // For an item that was given up before it came here.
    public void CountCancelled()
    {
        lock (Gate)
        {
            if (_closed) throw new ExecutorClosedException(Engine);
            _totalCancelled++;
        }
    }

    public void Accept(LocalJob job)
    {
        LocalJob? begin = null, dropped = null;
        bool broken;
        lock (Gate)
        {
            if (_closed)
            {
                job.Forget();
                throw new ExecutorClosedException(Engine);
            }
            job.Id = ++_lastId;
            _open++;
            LendFor(job);
            broken = _initializerError is not null;
            if (!broken && _line.Count == 0 && engine.TryPlaceLocked(job))
            {
                PlacedLocked(job);
                begin = job;
            }
            else
            {
                job.State = LocalJobState.Queued;
                if (!broken) _line.AddLast(job, job.Options.Priority);
                if (!broken) begin = DispatchLocked();
                if (!broken && Options.QueueLimit is { } limit && _line.Count > limit && job.State == LocalJobState.Queued) dropped = OverflowLocked(job);
            }
        }
        if (broken) job.Fail(InitializerError());
        dropped?.Fail(new QueueFullException(dropped.Name, Engine, Options.QueueLimit!.Value, dropped: dropped != job));
        BeginAll(begin);
        // It came before the job stood in the line.
        if (job.IsGivenUp) job.GiveUp();
    }

    public Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (Gate)
        {
            if (_closed) throw new ExecutorClosedException(Engine);
            return HasRoom ? Task.CompletedTask : _room.Wait(cancellationToken);
        }
    }

    // Takes a job that does not run out of the books; its outcome is the caller's to fix. False when it runs, or has ended.
    public bool TryWithdraw(LocalJob job)
    {
        lock (Gate) return WithdrawLocked(job);
    }

    // The outcome is fixed; told afterwards, so that whoever awaits it finds it counted. True when it was the last.
    public bool Close(LocalJob job, WorkEnd end)
    {
        RoomWaiters.Batch woken;
        bool drained;
        lock (Gate)
        {
            WithdrawLocked(job);
            job.State = LocalJobState.Ended;
            if (job.Parent is { } parent && --parent.Children == 0) EndLending(parent);
            job.Parent = null;
            _open--;
            switch (end)
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
            woken = TakeRoomLocked();
            drained = IsDrained;
        }
        woken.Wake();
        return drained;
    }

    public void Drained() => engine.OnDrained(_mode == ShutdownMode.Kill);

    // A job's run is over: it leaves its worker, ended or to be tried again.
    // Returns how long it has to wait for its next attempt.
    public TimeSpan? LeaveLocked(LocalJob job)
    {
        job.OnWorker = false;
        _running.Remove(job);
        EndLending(job);
        if (job.RetryAfter is not { } delay || job.State != LocalJobState.Running) return null;
        job.RetryAfter = null;
        _totalRetries++;
        if (delay > TimeSpan.Zero)
        {
            job.State = LocalJobState.Delayed;
            _delayed.Add(job);
            return delay;
        }
        job.State = LocalJobState.Queued;
        _line.AddLast(job, job.Options.Priority);
        return null;
    }

    // After LeaveLocked, without the gate.
    public void Left(LocalJob job, TimeSpan? wait)
    {
        if (wait is { } delay)
        {
            // Not under the gate: a clock may call back at once.
            var timer = Options.Clock.CreateTimer(static state => ((LocalJob)state!).Books.Resume((LocalJob)state), job, delay, Timeout.InfiniteTimeSpan);
            lock (Gate)
            {
                if (job.State == LocalJobState.Delayed)
                {
                    job.RetryTimer = timer;
                    timer = null;
                }
            }
            timer?.Dispose();
        }
        // Asked to end, or given up, while it was about to be tried again.
        if (job.State is LocalJobState.Delayed or LocalJobState.Queued && (_mode >= ShutdownMode.CancelQueued || job.IsGivenUp)) job.GiveUp();
    }

    // The next in line for a worker that has room for it anyway.
    public LocalJob? TakeLocked()
    {
        if (_line.First is not { } first) return null;
        _line.Remove(first);
        PlacedLocked(first);
        return first;
    }

    // Everything that has a place now, as a chain to be begun.
    public LocalJob? DispatchLocked()
    {
        LocalJob? head = null, tail = null;
        while (_line.First is { } first && engine.TryPlaceLocked(first))
        {
            _line.Remove(first);
            PlacedLocked(first);
            head ??= first;
            tail?.NextToBegin = first;
            tail = first;
        }
        return head;
    }

    public void BeginAll(LocalJob? head)
    {
        while (head is not null)
        {
            var next = head.NextToBegin;
            head.NextToBegin = null;
            engine.Begin(head);
            head = next;
        }
    }

    public void Dispatch()
    {
        LocalJob? begin;
        RoomWaiters.Batch woken;
        lock (Gate)
        {
            begin = DispatchLocked();
            woken = TakeRoomLocked();
        }
        BeginAll(begin);
        woken.Wake();
    }

    // Who waited for room and has it now; to be woken without the gate.
    public RoomWaiters.Batch TakeRoomLocked() => _room.TakeIf(HasRoom);

    // The slot of a job that will not come back.
    public void WrittenOffLocked(LocalJob job) => EndLending(job);

    public void FailInitializer(string worker, Exception error)
    {
        List<LocalJob> all;
        lock (Gate)
        {
            _initializerError ??= error;
            if (_failedWorker.Length == 0) _failedWorker = worker;
            all = [.. _line.TakeAll(), .. _delayed];
        }
        foreach (var job in all) job.Fail(InitializerError());
    }

    // Each its own, for its own stack trace.
    public WorkerInitializationException InitializerError() => new(Engine, _failedWorker, _initializerError);

    public Task ShutdownAsync(ShutdownMode mode, TimeSpan? timeLimit, Task ended)
    {
        ShutdownRules.Check(mode, timeLimit);
        // What an item waits for must not be itself.
        bool inside = WorkContext.Current?.Item is LocalJob { OnWorker: true } own && own.Books == this;
        List<LocalJob> waiting = [], running = [];
        RoomWaiters.Batch refused;
        bool drained;
        lock (Gate)
        {
            _closed = true;
            if (mode > _mode) _mode = mode;
            if (mode >= ShutdownMode.CancelQueued) waiting = [.. _line.TakeAll(), .. _delayed];
            if (mode >= ShutdownMode.CancelAll) running = [.. _running];
            if (mode == ShutdownMode.Kill) running.ForEach(engine.WriteOffLocked);
            refused = _room.TakeIf(true);
            drained = _open == 0;
        }
        refused.Refuse(Engine);
        foreach (var job in waiting) job.Abandon(atOnce: true);
        foreach (var job in running) job.Abandon(atOnce: mode == ShutdownMode.Kill);
        if (drained) Drained();
        if (timeLimit is { } limit && !ended.IsCompleted) _ = ShutdownRules.EnforceAsync(ended, limit, () => _ = ShutdownAsync(ShutdownMode.Kill, null, ended));
        return inside ? Task.CompletedTask : ended;
    }

    private bool HasRoom => Options.QueueLimit is not { } limit || _line.Count < limit;

    private void Resume(LocalJob job)
    {
        LocalJob? begin = null;
        lock (Gate)
        {
            if (!_delayed.Remove(job)) return;
            job.RetryTimer?.Dispose();
            job.State = LocalJobState.Queued;
            _line.AddLast(job, job.Options.Priority);
            begin = DispatchLocked();
        }
        BeginAll(begin);
    }

    private void PlacedLocked(LocalJob job)
    {
        job.State = LocalJobState.Running;
        job.OnWorker = true;
        job.Attempt++;
        _running.Add(job);
        Debug.Assert(!_delayed.Contains(job), "A job is in one place.");
    }

    private bool WithdrawLocked(LocalJob job)
    {
        switch (job.State)
        {
            case LocalJobState.Queued:
                if (job.IsInLine) _line.Remove(job); // else the whole line was taken
                return true;
            case LocalJobState.Delayed:
                _delayed.Remove(job);
                job.RetryTimer?.Dispose();
                return true;
            default:
                return false;
        }
    }

    // Who has to go, with the queue one too long; null when the last one may stay.
    private LocalJob? OverflowLocked(LocalJob last)
    {
        var victim = Options.WhenFull switch
        {
            QueueFullMode.Wait => null,
            QueueFullMode.Refuse => last,
            // Whoever has the lowest priority goes, and that may be the last one.
            var mode => _line.Lowest(newest: mode == QueueFullMode.DropNewest, except: last) is { } other && other.Options.Priority <= last.Options.Priority ? other : last,
        };
        if (victim is null) return null;
        _line.Remove(victim); // it must neither be begun nor be chosen again before it is told
        if (victim == last) _totalRefused++;
        else _totalDropped++;
        return victim;
    }

    private void LendFor(LocalJob job)
    {
        if (WorkContext.Current?.Item is not LocalJob { OnWorker: true } parent || parent.Books != this) return;
        job.Parent = parent;
        if (parent.Children++ > 0 || parent.State != LocalJobState.Running) return;
        parent.Lends = true;
        Lent++;
    }

    private void EndLending(LocalJob job)
    {
        if (!job.Lends) return;
        job.Lends = false;
        Lent--;
    }
}
