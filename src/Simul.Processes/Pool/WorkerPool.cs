using System.Diagnostics.CodeAnalysis;
using Simul.Processes.Launch;
using Simul.Processes.Methods;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// The core of the process engine: jobs, workers, and who runs what. This file: the face. Its partials: Dispatch (which worker
// takes which job), Messages (what workers say), Home (what belongs to no item), Stopping (cancel, time limits, kill), Retrying,
// Recycling, Spares, Warming, Ageing and MemoryLimit (how long workers live), Closing.
//
// One lock, the gate, owns the states of jobs and workers. Nothing that can block or call foreign code happens under it:
// frames are put into outboxes under it and sent by Flush afterwards; results are decoded and delivered afterwards. Frames to
// one worker keep the order in which they were written under the gate.
//
// Lock order: gate, then an outbox's gate or the virtual clock's.
internal sealed partial class WorkerPool
{
    public const string EngineName = "processes";

    private readonly Lock _gate = new();
    private readonly WorkerSlot[] _slots;                // owner: _gate
    private readonly PriorityLine<Job> _queue = new();   // owner: _gate
    private readonly HashSet<Job> _delayed = [];         // owner: _gate
    private readonly RoomWaiters _room = new();          // owner: _gate
    private readonly List<WorkerSlot> _dirty = [];       // owner: _gate; outboxes with frames
    private readonly List<WorkerSlot> _toStart = [];     // owner: _gate
    private readonly VirtualTimeProvider? _virtual;
    private readonly WorkObserver? _observer;
    private readonly string _prefix;
    private readonly long _start;
    private long _nextId;                                // owner: _gate
    private long _open;                                  // owner: _gate; accepted and not settled
    private long _running;                               // owner: _gate
    private long _ended;                                 // owner: _gate; jobs whose outcome is fixed
    private long _delivered;                             // interlocked; of these, the ones whose outcome is there to be seen, or will be in a moment
    private readonly HashSet<Job> _onTheirWay = [];      // owner: _gate; the ones of that moment
    private volatile TokenWatch? _lastWatch;             // what the next item is likely to need; any thread may set it
    private long _totalCompleted;
    private long _totalFailed;
    private long _totalCancelled;
    private long _totalStarted;                          // owner: _gate, as the three below
    private long _totalRetries;
    private long _totalRefused;
    private long _totalDropped;

    public WorkerPool(ProcessExecutorOptions options, WorkerLauncher launcher)
    {
        Options = options;
        Methods = new MethodTable(options.Serializer);
        Launcher = launcher;
        _virtual = options.Clock as VirtualTimeProvider;
        _observer = options.Observer;
        _prefix = options.Name ?? "process";
        _start = options.Clock.GetTimestamp();
        _slots = new WorkerSlot[MostProcesses];
        for (int i = 0; i < _slots.Length; i++) _slots[i] = NewSlot(i);
        _replaces = options.MaxItemsPerWorker is not null || options.MaxWorkerAge is not null || options.MaxWorkerMemory is not null;
        if (options.MaxWorkerAge is not null) _age = TimeProvider.System.CreateTimer(static pool => ((WorkerPool)pool!).OnAge(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (options.WorkerMemoryLimit is not null) _watch = TimeProvider.System.CreateTimer(static pool => ((WorkerPool)pool!).OnWatch(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        if (options.IdleTimeout is not null) _idle = TimeProvider.System.CreateTimer(static pool => ((WorkerPool)pool!).OnIdle(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _trim = TimeProvider.System.CreateTimer(static pool => ((WorkerPool)pool!).Trim(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        PrepareInitializer();
        _rebalance = TimeProvider.System.CreateTimer(static pool => ((WorkerPool)pool!).Recall(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ProcessExecutorOptions Options { get; }

    public WorkerLauncher Launcher { get; }

    // For large arguments; null where there is no memory to share.
    public ArenaAllocator? Arguments => Launcher.Arguments;

    public MethodTable Methods { get; }

    public Lock Gate => _gate;

    // Whether an item that came now would probably have a worker to itself. A clock that has members must not be held by
    // continuations.
    public bool HasIdleWorker => _virtual is null && Volatile.Read(ref _open) < Options.Workers;

    public void Submit(Job job)
    {
        while (!TrySubmit(job, job.Token.CanBeCanceled ? WatchOf(job.Token) : null))
        {
            // The watch had seen its last job in between.
        }
        Flush();
    }

    private bool TrySubmit(Job job, TokenWatch? watch)
    {
        bool closed = false, cancelled = false;
        Job? dropped = null;
        Exception? broken = null;
        lock (_gate)
        {
            if (watch is { IsOver: true, HasFired: false }) return false;
            if (_closing) closed = true;
            else if (_initializerError is not null)
            {
                broken = InitializerErrorLocked();
                EndLocked(job);
            }
            else if (watch is { HasFired: true })
            {
                cancelled = true;
                EndLocked(job);
            }
            else
            {
                watch?.Add(job);
                job.Id = ++_nextId;
                _open++;
                job.State = JobState.Queued;
                _queue.AddLast(job, job.Priority);
                DispatchLocked();
                if (Options.QueueLimit is { } limit && _queue.Count > limit && job.State == JobState.Queued) dropped = OverflowLocked(job);
            }
            if (job.Watch is null && watch is not null) ForgetLocked(watch);
        }
        if (closed)
        {
            job.DropInput();
            throw new ExecutorClosedException(EngineName);
        }
        if (broken is not null || cancelled)
        {
            if (broken is not null) job.Fail(broken);
            else job.Cancel();
            Settle(job, null);
            return true;
        }
        if (dropped is not null)
        {
            dropped.Fail(new QueueFullException(dropped.Name, EngineName, Options.QueueLimit!.Value, dropped: dropped != job));
            Settle(dropped, null);
        }
        return true;
    }

    // It would keep the token's source alive, or the token this pool.
    private void ForgetLocked(TokenWatch watch)
    {
        watch.EndIfUnused();
        if (watch.IsOver && watch == _lastWatch) _lastWatch = null;
    }

    // Not under the gate: what is found to be over there is made anew.
    private TokenWatch WatchOf(CancellationToken token)
    {
        if (_lastWatch is { IsOver: false } last && last.Token == token) return last;
        return _lastWatch = new(this, token);
    }

    public Task WaitForRoomAsync(CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            ThrowIfClosed();
            return HasRoom ? Task.CompletedTask : _room.Wait(cancellationToken);
        }
    }

    public void ThrowIfClosed()
    {
        if (_closing) throw new ExecutorClosedException(EngineName);
    }

    // For items that never reach the pool.
    public Task<TResult> Reject<TResult>(Exception error)
    {
        Interlocked.Increment(ref _totalFailed);
        return Task.FromException<TResult>(error);
    }

    public Task<TResult> RejectCancelled<TResult>(CancellationToken token)
    {
        Interlocked.Increment(ref _totalCancelled);
        return Task.FromCanceled<TResult>(token);
    }

    public ExecutorStatistics GetStatistics()
    {
        lock (_gate)
        {
            return new ExecutorStatistics(_open - _running, _running, Interlocked.Read(ref _totalCompleted),
                Interlocked.Read(ref _totalFailed), Interlocked.Read(ref _totalCancelled), _totalStarted)
            {
                TotalRetries = _totalRetries,
                TotalRefused = _totalRefused,
                TotalDropped = _totalDropped,
            };
        }
    }

    public IReadOnlyList<int> GetProcessIds()
    {
        lock (_gate) return [.. _slots.Where(s => s.State == WorkerSlotState.Ready).Select(s => s.Process!.Id)];
    }

    // Of the worker that has this name now.
    public int? FindProcessId(string worker)
    {
        lock (_gate) return Array.Find(_slots, s => s.Name == worker)?.Process?.Id;
    }

    // Sends what was written under the gate, starts the workers it asked for, and lets in who waited for room. Called without the
    // gate.
    public void Flush()
    {
        // A look without the gate sees at least what this thread has put there; what others put there is theirs to send.
        while ((_dirty.Count > 0 || _toStart.Count > 0 || !_room.IsEmpty) && TakeWork(out var slot, out bool start))
        {
            if (start) Start(slot);
            else slot.Outbox.Flush();
        }
    }

    private void Start(WorkerSlot slot)
    {
        try
        {
            slot.Start();
        }
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            // There is no thread for it; whoever waits for the worker is told.
            OnEnded(slot, default, new WorkerStartException($"No thread could be made for worker {slot.Name}: {error.Message}", error));
            slot.SetEnded();
        }
    }

    private bool TakeWork([NotNullWhen(true)] out WorkerSlot? slot, out bool start)
    {
        RoomWaiters.Batch woken;
        lock (_gate)
        {
            woken = _room.TakeIf(HasRoom);
            start = _toStart.Count > 0;
            var list = start ? _toStart : _dirty;
            slot = list.Count > 0 ? list[^1] : null;
            if (slot is not null) list.RemoveAt(list.Count - 1);
            if (!start) slot?.Dirty = false;
        }
        woken.Wake();
        return slot is not null;
    }

    public void Print(WorkerOutput output)
    {
        if (Options.OutputHandler is { } handler) handler(output);
        else Console.Error.WriteLine(output.Line);
    }

    private bool HasRoom => Options.QueueLimit is not { } limit || _queue.Count < limit;

    // Who has to go, with the queue one too long; null when the last one may stay.
    private Job? OverflowLocked(Job last)
    {
        var victim = Options.WhenFull switch
        {
            QueueFullMode.Wait => null,
            QueueFullMode.Refuse => last,
            // Whoever has the lowest priority goes, and that may be the last one.
            var mode => _queue.Lowest(newest: mode == QueueFullMode.DropNewest, except: last) is { } other && other.Priority <= last.Priority ? other : last,
        };
        if (victim is null) return null;
        if (victim == last) _totalRefused++;
        else _totalDropped++;
        EndLocked(victim);
        return victim;
    }

    private WorkerSlot NewSlot(int index) => new(this, index, $"{_prefix}-{index + 1}");

    private void WriteLocked<TState>(WorkerSlot slot, TState state, Action<FrameWriter, TState> write)
    {
        slot.Outbox.Add(state, write);
        if (slot.Dirty) return;
        slot.Dirty = true;
        _dirty.Add(slot);
    }

    // The job leaves the books; its outcome is delivered by Settle, without the gate.
    private void EndLocked(Job job, bool keepInput = false)
    {
        if (job.State == JobState.Running) _running--;
        if (job.State != JobState.New) _open--;
        _ended++;
        job.State = JobState.Ended;
        if (job.Watch is { } watch)
        {
            watch.Remove(job);
            ForgetLocked(watch);
        }
        job.Slot?.Jobs.Remove(job);
        if (job.IsInLine) _queue.Remove(job);
        _delayed.Remove(job);
        if (keepInput) return;
        if (job.Closure.IsInBlock || job.Argument.IsInBlock) KeepWarmLocked();
        job.DropInput();
    }

    // Order: the books first, so that whoever awaits finds the statistics right; then the result; then the clock is let go,
    // because the result may have made a loop busy that had been idle.
    private void Settle(Job job, WorkerSlot? slot)
    {
        Close(job, slot);
        if (job.Has?.Reports is { } reports) reports.Add(() => Deliver(job)); // behind the last of them
        else if (job.IsAlone) DeliverElsewhere(job);
        else Deliver(job);
    }

    private void Close(Job job, WorkerSlot? slot)
    {
        job.Has?.StopTimers();
        Count(job);
        if (slot is not null && job.HasRun) _observer?.Ended(Event(job, slot), job.End);
    }

    // Of a batch, what never began and will be sent again is no end of anything.
    private void Count(Job job)
    {
        if (job is BatchJob batch && OperatingSystem.IsLinux())
        {
            Interlocked.Add(ref _totalCompleted, batch.Done);
            if (batch.HasError) Interlocked.Increment(ref _totalFailed);
            else if (job.Stop == StopReason.Cancelled || job.End == WorkEnd.Cancelled) Interlocked.Add(ref _totalCancelled, batch.Count - batch.Done);
            return;
        }
        switch (job.End)
        {
            case WorkEnd.Completed:
                Interlocked.Increment(ref _totalCompleted);
                break;
            case WorkEnd.Failed:
                Interlocked.Increment(ref _totalFailed);
                break;
            default:
                Interlocked.Increment(ref _totalCancelled);
                break;
        }
    }

    // Its continuations run where it is delivered, and not every thread is for them.
    public void DeliverElsewhere(Job job) => ThreadPool.UnsafeQueueUserWorkItem(job, preferLocal: false);

    // On the receiver's thread, which sees to it that nothing it is needed for waits for the continuations: what they wait for
    // may be the end of the pool. That does not come before the outcome, because the receiver is not relieved before.
    public void DeliverHere(Job job)
    {
        CountDelivered();
        job.Deliver();
    }

    // Of a lone item the continuations run within this call, and may wait for the end of the pool. So it is counted before, and
    // who ends the pool looks whether the outcome is there.
    public void Deliver(Job job)
    {
        if (job.IsAlone)
        {
            lock (_gate) _onTheirWay.Add(job);
            CountDelivered();
            job.Deliver();
            lock (_gate) _onTheirWay.Remove(job);
            return;
        }
        job.Deliver();
        job.Has?.Member?.Dispose();
        CountDelivered();
    }

    private void CountDelivered()
    {
        Interlocked.Increment(ref _delivered);
        CheckDrained();
    }

    private WorkEvent Event(Job job, WorkerSlot slot) =>
        new(EngineName, slot.Name, job.Id, job.Name, Options.Clock.GetElapsedTime(_start));
}
