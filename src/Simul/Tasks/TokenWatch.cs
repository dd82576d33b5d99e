namespace Simul;

// Ends a wait in line when a token of the caller's is cancelled, beside the scope that can end it anyway. Only a wait that
// really waits and was given such a token pays for it: one object.
//
// Thread safety: Cancel comes from whatever thread cancels the token; everything else belongs to the loop's baton holder.
internal class TokenWatch
{
    private readonly CancellationToken _token;
    private readonly LoopCore _core;
    private CancellationTokenRegistration _registration;

    protected TokenWatch(Waiter waiter, CancellationToken token)
    {
        _token = token;
        _core = waiter.Scope.Core;
        Watched = waiter;
        waiter.MayEndFromOutside();
        _registration = token.UnsafeRegister(static x => ((TokenWatch)x!).Cancel(), this);
    }

    // Null once the wait has ended: a cancellation that was posted then finds nothing to do.
    protected Waiter? Watched { get; private set; }

    public static TokenWatch Start(Waiter waiter, CancellationToken token) => new(waiter, token);

    // Unregister does not wait for a callback that runs elsewhere; there is no need to.
    public void End()
    {
        Watched = null;
        _registration.Unregister();
    }

    // A loop that has closed has no waits left.
    private void Cancel()
    {
        if (_core.IsCurrent) CancelOnLoop();
        else _core.Inject(new Action<object?>(static x => ((TokenWatch)x!).CancelOnLoop()), this, _core.Host.RootContext);
    }

    private void CancelOnLoop() => Watched?.WithdrawWith(new OperationCanceledException(_token));
}
