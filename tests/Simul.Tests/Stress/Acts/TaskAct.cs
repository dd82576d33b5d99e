namespace Simul.Tests.Stress;

// A task outside all groups, cancelled or not, with several that wait for its end.
internal sealed class TaskAct(Scenario scenario) : Act(scenario)
{
    public override async Task RunAsync(int depth)
    {
        bool began = false, unwound = false;
        Func<Task<int>> body = async () =>
        {
            began = true;
            try
            {
                await EventLoop.Delay(Sec(Roll(3)));
                return 7;
            }
            finally
            {
                unwound = true;
            }
        };
        var task = EventLoop.Current.Spawn(body);
        var watcher = EventLoop.Current.Spawn(task.WaitAsync);
        try
        {
            if (Once(3)) await EventLoop.Yield();
            if (Once(2)) task.Cancel("by the dice");
            await task.WaitAsync();
        }
        finally
        {
            using (CancelScope.Enter(shield: true))
            {
                await task.WaitAsync();
                await watcher;
            }
            Require(began == unwound, "a task ended without unwinding");
            Require(task.Status == LoopTaskStatus.Cancelled ? task.IsCancelled : task.Result == 7 && began, "a task ended in the wrong way");
        }
    }
}
