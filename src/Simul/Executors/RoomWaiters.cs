namespace Simul;

// Who waits for room in a full queue. All are let in together: one that was let in may not come, and a single one would then
// keep the others out.
//
// Thread safety: belongs to its owner's lock; a batch is woken without it.
internal sealed class RoomWaiters
{
    private List<TaskCompletionSource>? _waiting;

    public bool IsEmpty => _waiting is null;

    public Task Wait(CancellationToken cancellationToken)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        (_waiting ??= []).Add(waiter);
        return waiter.Task.WaitAsync(cancellationToken);
    }

    public Batch TakeIf(bool condition)
    {
        if (!condition || _waiting is null) return default;
        var batch = new Batch(_waiting);
        _waiting = null;
        return batch;
    }

    internal readonly struct Batch(List<TaskCompletionSource>? waiting)
    {
        public void Wake() => waiting?.ForEach(static w => w.SetResult());

        public void Refuse(string engine) => waiting?.ForEach(w => w.SetException(new ExecutorClosedException(engine)));
    }
}
