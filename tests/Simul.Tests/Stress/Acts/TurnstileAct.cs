namespace Simul.Tests.Stress;

// An event that resets itself lets one through each time it is set, and whoever is through sets it for the next.
internal sealed class TurnstileAct(Scenario scenario) : HoldAct<bool>(scenario, places: 1)
{
    private readonly AsyncEvent _turnstile = new(EventResetMode.AutoReset, isSet: true, "turnstile");

    protected override async ValueTask<bool> TakeAsync()
    {
        await _turnstile.WaitAsync();
        return true;
    }

    protected override void GiveBack(bool hold) => _turnstile.Set();

    public override void CheckAtRest() =>
        Require(_turnstile.GetStatistics() is { IsSet: false } or { CurrentWaiters: 0 }, "somebody waits at an open turnstile");

    public override void CheckAtEnd()
    {
        base.CheckAtEnd();
        Require(_turnstile.GetStatistics() is { IsSet: true, CurrentWaiters: 0 }, "a turn was lost");
    }
}
