namespace Simul.Tests.Stress;

// A group with children that do all of this. It has not ended before them, however it ends.
internal sealed class GroupAct(Scenario scenario) : Act(scenario)
{
    private int _inFlight;

    public override async Task RunAsync(int depth)
    {
        int alive = 0;
        List<LoopTask> children = [];
        try
        {
            await TaskGroup.RunAsync(async group =>
            {
                for (int i = (depth == 0 ? 4 : 2) + Roll(4); i > 0; i--) Spawn(group);
                if (Once(3)) await EventLoop.Delay(Sec(Roll(4)));
                if (Once(4)) children[Roll(children.Count)].Cancel("by the dice");
                if (Once(12)) group.Cancel("by the dice");
            }, new TaskGroupOptions { Supervisor = Once(4) });
        }
        finally
        {
            Require(alive == 0 && children.All(child => child.IsCompleted), "a group ended before its children");
        }

        void Spawn(TaskGroup group)
        {
            var body = Scenario.Body(depth);
            Func<Task> child = async () =>
            {
                alive++;
                _inFlight++;
                try
                {
                    if (Once(8) && depth > 0) Spawn(group);
                    await body();
                }
                finally
                {
                    alive--;
                    _inFlight--;
                }
            };
            children.Add(Once(5) ? group.StartNow(child) : group.Spawn(child));
        }
    }

    public override void CheckAtEnd() => Require(_inFlight == 0, $"{_inFlight} tasks are alive after their group");
}
