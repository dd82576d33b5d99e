namespace Simul.Tests.Stress;

internal sealed class LockAct(Scenario scenario) : HoldAct<AsyncLockHold>(scenario, places: 1)
{
    private readonly AsyncLock _lock = new("the lock");

    protected override ValueTask<AsyncLockHold> TakeAsync() => _lock.LockAsync();

    protected override void GiveBack(AsyncLockHold hold)
    {
        bool awaited = _lock.GetStatistics().CurrentWaiters > 0;
        hold.Dispose();
        Require(!_lock.TryLock(out var barging) || !awaited, "a lock was free although somebody waited for it");
        barging.Dispose();
    }

    public override void CheckAtRest() =>
        Require(_lock.GetStatistics() is { IsHeld: true } or { CurrentWaiters: 0 }, "somebody waits for a lock that is free");

    public override void CheckAtEnd()
    {
        base.CheckAtEnd();
        Require(_lock.GetStatistics() is { IsHeld: false, CurrentWaiters: 0 }, "the lock was lost");
    }
}
