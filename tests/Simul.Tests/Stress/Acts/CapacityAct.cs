namespace Simul.Tests.Stress;

internal sealed class CapacityAct(Scenario scenario) : HoldAct<CapacityLease>(scenario, places: 2)
{
    private readonly CapacityLimiter _limiter = new(2, "capacity");

    protected override ValueTask<CapacityLease> TakeAsync() => _limiter.AcquireAsync(new object());

    protected override void GiveBack(CapacityLease hold) => hold.Dispose();

    public override void CheckAtRest() =>
        Require(_limiter.GetStatistics() is { CurrentBorrowed: 2 } or { CurrentWaiters: 0 }, "somebody waits though there is capacity");

    public override void CheckAtEnd()
    {
        base.CheckAtEnd();
        Require(_limiter.GetStatistics() is { CurrentBorrowed: 0, CurrentWaiters: 0 }, "capacity was lost");
    }
}
