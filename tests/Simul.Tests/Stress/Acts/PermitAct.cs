namespace Simul.Tests.Stress;

internal sealed class PermitAct(Scenario scenario) : HoldAct<bool>(scenario, places: 2)
{
    private readonly AsyncSemaphore _permits = new(2, maximum: 2, name: "permits");

    protected override async ValueTask<bool> TakeAsync()
    {
        await _permits.WaitAsync();
        return true;
    }

    protected override void GiveBack(bool hold) => _permits.Release();

    public override void CheckAtRest() =>
        Require(_permits.GetStatistics() is { CurrentPermits: 0 } or { CurrentWaiters: 0 }, "somebody waits though there are permits");

    public override void CheckAtEnd()
    {
        base.CheckAtEnd();
        Require(_permits.GetStatistics() is { CurrentPermits: 2, CurrentWaiters: 0 }, "a permit was lost");
    }
}
