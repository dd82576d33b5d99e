namespace Simul.Tests.Stress;

// A shield keeps out what comes from around it; its own deadline works. Lowered, it lets everything in.
internal sealed class ShieldAct(Scenario scenario) : Act(scenario)
{
    public override async Task RunAsync(int depth)
    {
        var start = EventLoop.Now;
        using (var scope = CancelScope.Enter(Once(2) ? Sec(1) : null, shield: true))
        {
            try
            {
                await EventLoop.Delay(Sec(Roll(3)));
            }
            catch (OperationCanceledException)
            {
                Require(scope.IsTimedOut && EventLoop.Now == start + Sec(1), "a shield let a cancellation through");
            }
            if (Once(3) && !scope.IsCancelled)
            {
                scope.Shield = false;
                if (Once(2)) scope.Deadline = EventLoop.Now + Sec(Roll(2));
                try
                {
                    await EventLoop.Delay(Sec(2));
                }
                catch (OperationCanceledException)
                {
                    Require(scope.IsCancelled && scope.Token.IsCancellationRequested, "a cancellation came from nowhere");
                }
            }
        }
        await EventLoop.Yield();
    }
}
