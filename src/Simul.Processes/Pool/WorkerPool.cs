using Simul.Processes.Launch;
using Simul.Processes.Methods;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// The core of the process engine: jobs, workers, and who runs what. This file: the face. Its partials: Dispatch (which worker
// takes which job), Messages (what workers say), Stopping (cancel, time limits, kill), Closing.
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
    private readonly LinkedList<Job> _queue = new();     // owner: _gate
    private readonly List<WorkerSlot> _dirty = [];       // owner: _gate; outboxes with frames
    private readonly List<WorkerSlot> _toStart = [];     // owner: _gate
    private readonly VirtualTimeProvider? _virtual;
    private readonly WorkObserver? _observer;
    private readonly string _prefix;
    private readonly long _start;
    private long _nextId;                                // owner: _gate
    private long _open;                                  // owner: _gate; accepted and not settled
    private long _running;                               // owner: _gate
    private long _totalCompleted;
    private long _totalFailed;
    private long _totalCancelled;
    private long _totalStarted;                          // owner: _gate

    public WorkerPool(ProcessExecutorOptions options, WorkerLauncher launcher)
    {
        Options = options;
        Launcher = launcher;
        _virtual = options.Clock as VirtualTimeProvider;
        _observer = options.Observer;
        _prefix = options.Name ?? "process";
        _start = options.Clock.GetTimestamp();
        _slots = new WorkerSlot[options.Workers];
        for (int i = 0; i < _slots.Length; i++) _slots[i] = NewSlot(i);
        _trim = TimeProvider.System.CreateTimer(static pool => ((WorkerPool)pool!).Trim(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _rebalance = TimeProvider.System.CreateTimer(static pool => ((WorkerPool)pool!).Recall(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public ProcessExecutorOptions Options { get; }

    public WorkerLauncher Launcher { get; }

    // For large arguments; null where there is no memory to share.
    public ArenaAllocator? Arguments => Launcher.Arguments;

    public MethodTable Methods { get; } = new();

    public void Submit(Job job)
    {
        if (job.Token.CanBeCanceled)
            job.Registration = job.Token.UnsafeRegister(static (state, _) => ((Job)state!).Pool.Cancel((Job)state!), job);
        bool closed = false;
        lock (_gate)
        {
            if (job.State == JobState.Ended)
            {
                // Cancelled between its making and now; it is settled by the canceller.
                return;
            }
            if (_closing) closed = true;
            else
            {
                job.Id = ++_nextId;
                _open++;
                job.State = JobState.Queued;
                job.Node = _queue.AddLast(job);
                DispatchLocked();
            }
        }
        if (closed)
        {
            job.DropInput();
            job.Registration.Unregister();
            throw new ExecutorClosedException(EngineName);
        }
        Flush();
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
                Interlocked.Read(ref _totalFailed), Interlocked.Read(ref _totalCancelled), _totalStarted);
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

    // Sends what was written under the gate and starts the workers it asked for. Called without the gate.
    public void Flush()
    {
        while (true)
        {
            WorkerSlot slot;
            bool start;
            lock (_gate)
            {
                start = _toStart.Count > 0;
                var list = start ? _toStart : _dirty;
                if (list.Count == 0) return;
                slot = list[^1];
                list.RemoveAt(list.Count - 1);
                if (!start) slot.Dirty = false;
            }
            if (start) slot.Start();
            else slot.Outbox.Flush();
        }
    }

    public void Print(WorkerOutput output)
    {
        if (Options.OutputHandler is { } handler) handler(output);
        else Console.Error.WriteLine(output.Line);
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
        job.State = JobState.Ended;
        job.Slot?.Jobs.Remove(job);
        if (job.Node is { } node)
        {
            _queue.Remove(node);
            job.Node = null;
        }
        if (keepInput) return;
        if (!job.Closure.Block.IsNone || !job.Argument.Block.IsNone) KeepWarmLocked();
        job.DropInput();
    }

    // Order: the books first, so that whoever awaits finds the statistics right; then the result; then the clock is let go,
    // because the result may have made a loop busy that had been idle.
    private void Settle(Job job, WorkerSlot? slot)
    {
        job.Registration.Unregister();
        job.TimeLimitTimer?.Dispose();
        job.GraceTimer?.Dispose();
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
        if (slot is not null && job.HasRun) _observer?.Ended(Event(job, slot), job.End);
        job.Deliver();
        job.Member?.Dispose();
        CheckDrained();
    }

    private WorkEvent Event(Job job, WorkerSlot slot) =>
        new(EngineName, slot.Name, job.Id, job.Name, Options.Clock.GetElapsedTime(_start));
}
