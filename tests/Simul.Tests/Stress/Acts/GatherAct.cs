namespace Simul.Tests.Stress;

// Several waits in one task: results in the order of the arguments, and each as it completes.
internal sealed class GatherAct(Scenario scenario) : Act(scenario)
{
    public override async Task RunAsync(int depth)
    {
        int[] times = [Roll(4), Roll(4), Roll(4)];
        var start = EventLoop.Now;
        if (Once(2))
        {
            int[] results = await EventLoop.GatherAsync(times.Select(time => (Func<Task<int>>)(() => AfterAsync(time))));
            Require(results.SequenceEqual(times) && EventLoop.Now == start + Sec(times.Max()), "gather brought the wrong results, or at the wrong time");
        }
        else
        {
            await TaskGroup.RunAsync(async group =>
            {
                int seen = 0;
                await foreach (var task in EventLoop.AsCompletedAsync(times.Select(time => group.Spawn(() => AfterAsync(time)))))
                {
                    seen++;
                    Require(EventLoop.Now == start + Sec(task.Result), "what completed came at the wrong time");
                }
                Require(seen == times.Length, "not all came that completed");
            });
        }
    }

    private static async Task<int> AfterAsync(int time)
    {
        await EventLoop.Delay(Sec(time));
        return time;
    }
}
