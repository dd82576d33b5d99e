namespace Simul.Tests.Hosting;

// Who looks on sees the same, whoever runs the loop.
public abstract partial class LoopConformance
{
    [Fact]
    public void Observer_HearsEveryTasksSteps()
    {
        var steps = new StepNames();
        RunIt(() => TaskGroup.RunAsync(group =>
        {
            group.Spawn(async () => await EventLoop.Delay(Sec(1)), "a");
            group.Spawn(async () => await EventLoop.Delay(Sec(2)), "b");
            return Task.CompletedTask;
        }), o => o with { Observer = steps });
        Assert.Equal(2, steps.Names.Count(name => name == "a"));
        Assert.Equal(2, steps.Names.Count(name => name == "b"));
    }

    [Fact]
    public void DebugMode_SaysSinceWhenATaskWaits()
    {
        TaskTreeNode? node = null;
        RunIt(() => TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(1));
                await EventLoop.Delay(Sec(5));
            }, "sleeper");
            await EventLoop.Delay(Sec(3));
            node = Descendants(EventLoop.Current.GetTaskTree()).Single(n => n.Name == "sleeper");
        }), o => o with { Debug = new DebugOptions() });
        Assert.Equal(Sec(1), node!.WaitingSince);
        Assert.NotNull(node.CreatedAt);
    }

    private static IEnumerable<TaskTreeNode> Descendants(TaskTreeNode node) => node.Children.SelectMany(Descendants).Prepend(node);

    private sealed class StepNames : WorkObserver
    {
        public List<string> Names { get; } = [];

        public override void Ran(string loop, ReadOnlySpan<LoopStep> steps, TimeSpan start, TimeSpan end)
        {
            foreach (var step in steps) Names.Add(step.TaskName);
        }
    }
}
