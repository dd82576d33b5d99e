namespace Simul.Tests.Stress;

// A future has one result, and calls back once, whether or not its waiter gives up.
internal sealed class FutureAct(Scenario scenario) : Act(scenario)
{
    private int _made;

    public override async Task RunAsync(int depth)
    {
        var future = new Future<int>();
        int expected = ++_made;
        int called = 0;
        future.OnCompleted(f => Require(++called == 1 && f.Result == expected, "a future called back twice"));
        EventLoop.Current.CallLater(Sec(Roll(3)), () => future.SetResult(expected));
        try
        {
            Require(await future == expected, "a future brought another's result");
        }
        finally
        {
            using (CancelScope.Enter(shield: true))
            {
                await future;
                await Settle();
            }
            Require(called == 1, "a future did not call back");
        }
    }
}
