namespace Simul.Tests.Stress;

// In virtual time a delay takes what it says, to the tick, and the clock never goes back.
internal sealed class DelayAct(Scenario scenario) : Act(scenario)
{
    private TimeSpan _latest;

    public override async Task RunAsync(int depth)
    {
        var until = EventLoop.Now + Sec(Roll(5));
        if (Once(2)) await EventLoop.Delay(until - EventLoop.Now);
        else await EventLoop.DelayUntil(until);
        Require(EventLoop.Now == until, $"a delay until {until} ended at {EventLoop.Now}");
        Require(EventLoop.Now >= _latest, $"the clock went back from {_latest} to {EventLoop.Now}");
        _latest = EventLoop.Now;
        for (int i = Roll(3); i > 0; i--) await EventLoop.Yield();
        Require(EventLoop.Now == until, "the clock moved while there was work");
    }
}
