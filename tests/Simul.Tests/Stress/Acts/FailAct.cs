namespace Simul.Tests.Stress;

// Fails the group, at times.
internal sealed class FailAct(Scenario scenario) : Act(scenario)
{
    public override async Task RunAsync(int depth)
    {
        await EventLoop.Yield();
        if (Once(6)) throw new FormatException("by the dice");
    }
}
