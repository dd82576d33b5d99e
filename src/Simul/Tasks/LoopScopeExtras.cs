namespace Simul;

// What most scopes never need, kept apart so that a million sleeping tasks do not pay for it.
internal sealed class LoopScopeExtras(LoopScope scope)
{
    private WaiterList? _waiters; // waits beside the scope's own
    private CancellationTokenSource? _source;
    private DeadlineNode? _deadline;

    public string? Reason { get; set; }

    public string? Name { get; set; }

    // Who waits for the task's end, and what is called then.
    public WaiterQueue? Joiners { get; set; }

    public Action? Ended { get; set; }

    // A token from outside that cancels the scope. Boxed: few scopes have one.
    public IDisposable? Registration { get; set; }

    public List<(Action<LoopTask> Callback, LoopScope Scope, ExecutionContext? Context)>? Callbacks { get; set; }

    // What a task's body starts with, when it differs from the loop's own.
    public ExecutionContext? StartContext { get; set; }

    public long? Deadline { get; private set; }

    public void SetDeadline(long? when)
    {
        if (_deadline is not null) scope.Core.Timers.Remove(_deadline);
        if (scope.IsCancellationRequested || scope.IsClosed) return;
        Deadline = when;
        if (when is { } moment) scope.Core.Timers.Add(_deadline ??= new DeadlineNode(scope), moment, late: true);
    }

    public CancellationToken Token(bool cancelled)
    {
        if (_source is null)
        {
            _source = new CancellationTokenSource();
            if (cancelled) _source.Cancel();
        }
        return _source.Token;
    }

    // The waits and the token hear that the scope is cancelled. Token callbacks are foreign code: they run from the ready
    // queue, so that the canceller never meets their exceptions.
    public void CancelOnLoop()
    {
        CancelWaiters();
        if (_source is { IsCancellationRequested: false })
            scope.Core.Ready.Push(new Action<object?>(static x => ((LoopScopeExtras)x!).CancelSource()), this, scope.Live);
    }

    // Code that meets the cancellation finds the token cancelled: filters ask for that. Its callbacks may still be waiting in
    // the queue; then they run here, without a context, so that what they complete does not run on this stack.
    public void CancelTokenNow()
    {
        if (_source is not { IsCancellationRequested: false }) return;
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        CancelSource();
        SynchronizationContext.SetSynchronizationContext(context);
    }

    public void AddWaiter(Waiter waiter) => waiter.Place = (_waiters ??= new WaiterList()).Add(waiter);

    public void RemoveWaiter(Waiter waiter)
    {
        _waiters!.RemoveAt(waiter.Place);
        waiter.Place = -1;
    }

    public IEnumerable<Waiter> PendingWaiters() => Waiters().Where(static waiter => waiter.IsPending);

    public IEnumerable<Waiter> AbandonedWaiters() => Waiters().Where(static waiter => waiter.IsAbandoned);

    public Waiter? FirstPendingWaiter() => PendingWaiters().FirstOrDefault();

    public void Close()
    {
        if (_deadline is not null) scope.Core.Timers.Remove(_deadline);
        Registration?.Dispose();
        CancelWaiters();
    }

    private void CancelWaiters()
    {
        for (var waiter = _waiters?.First; waiter is not null; waiter = _waiters!.After(waiter.Place)) waiter.CancelOnLoop(scope.Core);
    }

    private IEnumerable<Waiter> Waiters()
    {
        for (var waiter = _waiters?.First; waiter is not null; waiter = _waiters!.After(waiter.Place)) yield return waiter;
    }

    private void CancelSource()
    {
        try
        {
            _source!.Cancel();
        }
        catch (AggregateException error)
        {
            scope.Core.Host.CallbackFailed(error, scope);
        }
    }

    private sealed class DeadlineNode(LoopScope scope) : TimerNode
    {
        internal override void FireOnLoop() => scope.TimeOut();
    }
}
