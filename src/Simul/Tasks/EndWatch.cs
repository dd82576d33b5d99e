namespace Simul;

// Hears of the ends of several loop tasks for one who waits for them: gather, wait, as-completed. It looks on: it neither
// cancels them nor raises what they raise.
// Owner: the loop's baton holder.
internal sealed class EndWatch<TTask> : TimerNode, IWaitSubject, IDisposable
    where TTask : LoopTask
{
    private readonly LoopCore _core;
    private readonly WaitUntil _until;
    private readonly bool _cancelledIsFailed;
    private readonly WaiterQueue _waiting;
    private readonly List<(TTask Task, Action Heard)> _watched = [];
    private readonly Queue<TTask> _ended = new(); // in the order in which they ended, not taken yet
    private Action<LoopTask>? _late;

    public EndWatch(LoopCore core, IEnumerable<TTask> tasks, WaitUntil until, bool cancelledIsFailed = false)
    {
        _core = core;
        _until = until;
        _cancelledIsFailed = cancelledIsFailed;
        _waiting = new WaiterQueue(this);
        foreach (var task in tasks)
        {
            Left++;
            if (task.IsCompleted)
            {
                Heard(task);
                continue;
            }
            var heard = () => Heard(task);
            _watched.Add((task, heard));
            task.Ended += heard;
        }
    }

    // Tasks that have not ended.
    public int Left { get; private set; }

    public TTask? FirstFailed { get; private set; }

    public bool TimedOut { get; private set; }

    private bool IsMet => TimedOut || _until switch
    {
        WaitUntil.FirstCompleted => _ended.Count > 0,
        WaitUntil.FirstFailed => FirstFailed is not null || Left == 0,
        _ => Left == 0,
    };

    public string Describe() => $"{Left} tasks to end";

    // Waits until enough have ended. A checkpoint, unless it must come to its end.
    public ValueTask WaitAsync(bool cancellable = true)
    {
        var scope = LoopScope.Require();
        if (cancellable)
        {
            if (scope.IsCancelled) return scope.Cancelled();
            if (!IsMet) return scope.WaitIn(_waiting);
            return scope.TryPassCheckpoint() ? default : scope.Yield();
        }
        if (IsMet) return default;
        var waiter = scope.RentWaiter();
        waiter.Arm(scope, cancellable: false);
        _waiting.Add(waiter);
        return waiter.AsValueTask();
    }

    public bool TryTake(out TTask? task) => _ended.TryDequeue(out task);

    // After this time the wait ends in any case; what ends at the very moment comes first.
    public void EndAfter(TimeSpan timeout)
    {
        if (timeout <= TimeSpan.Zero) TimedOut = true;
        else _core.Timers.Add(this, _core.DeadlineIn(timeout), late: true);
    }

    // The wait is over, but failures are still heard of.
    public void LeaveTo(Action<LoopTask> late) => _late = late;

    public void Dispose()
    {
        _core.Timers.Remove(this);
        foreach (var (task, heard) in _watched)
        {
            if (!task.IsCompleted) task.Ended -= heard;
        }
    }

    internal override void FireOnLoop()
    {
        TimedOut = true;
        _waiting.TakeFirst()?.Grant();
    }

    private void Heard(TTask task)
    {
        Left--;
        bool failed = task.Status == LoopTaskStatus.Failed || (_cancelledIsFailed && task.Status == LoopTaskStatus.Cancelled);
        if (_late is not null)
        {
            if (task.Status == LoopTaskStatus.Failed) _late(task);
            return;
        }
        _ended.Enqueue(task);
        if (failed) FirstFailed ??= task;
        if (IsMet) _waiting.TakeFirst()?.Grant();
    }
}
