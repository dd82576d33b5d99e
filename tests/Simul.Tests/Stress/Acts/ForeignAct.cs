namespace Simul.Tests.Stress;

// A task of the BCL's, awaited as it is and interruptibly, and a delay of the BCL's on the loop's clock, given up by a token.
internal sealed class ForeignAct(Scenario scenario) : Act(scenario)
{
    public override async Task RunAsync(int depth)
    {
        var source = new TaskCompletionSource<int>();
        var start = EventLoop.Now;
        var until = start + Sec(Roll(3));
        var set = EventLoop.Current.CallAt(until, () => source.SetResult(3));
        try
        {
            if (Once(2))
            {
                Require(await EventLoop.Interruptible(source.Task) == 3, "a foreign task brought another's result");
            }
            else if (Once(2))
            {
                Require(await source.Task == 3 && EventLoop.Now == until, "a foreign task came at the wrong time");
            }
            else
            {
                bool late = await CancelScope.RunAsync(
                    scope => Task.Delay(Sec(Roll(3)), EventLoop.Current.TimeProvider, scope.Token), timeout: Sec(1));
                Require(!late || EventLoop.Now >= start + Sec(1), "a token came before its time");
            }
        }
        finally
        {
            set.Cancel();
        }
    }
}
