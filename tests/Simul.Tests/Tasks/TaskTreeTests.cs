namespace Simul.Tests.Tasks;

public class TaskTreeTests
{
    private static TaskTreeNode Node(string name) => Find(EventLoop.Current.GetTaskTree(), name)!;

    private static TaskTreeNode? Find(TaskTreeNode node, string name) =>
        node.Name == name ? node : node.Children.Select(child => Find(child, name)).FirstOrDefault(found => found is not null);

    private static void InAGroup(Action<TaskGroup> spawn, Action look) => Run(() => TaskGroup.RunAsync(async group =>
    {
        spawn(group);
        await EventLoop.WaitAllBlockedAsync();
        look();
        group.Cancel();
    }));

    [Fact]
    public void GetTaskTree_TaskWaitsThroughAsyncMethods_NamesThem() => InAGroup(
        group => group.Spawn(OuterAsync, "t"),
        () => Assert.Equal("TaskTreeTests.OuterAsync > TaskTreeTests.InnerAsync > a delay", Assert.Single(Node("t").Awaits).ToString()));

    [Fact]
    public void GetTaskTree_LocalFunctionsAndLambdas_AreNamedAsWritten()
    {
        InAGroup(
            group => group.Spawn(async () => await LocalAsync(), "t"),
            () =>
            {
                var methods = Assert.Single(Node("t").Awaits).Methods;
                string here = $"TaskTreeTests.{nameof(GetTaskTree_LocalFunctionsAndLambdas_AreNamedAsWritten)}";
                Assert.Equal([$"{here}.lambda", $"{here}.LocalAsync"], methods);
            });

        static async Task LocalAsync() => await EventLoop.Delay(Sec(9));
    }

    [Fact]
    public void GetTaskTree_WhenAll_HasABranchForEach() => InAGroup(
        group => group.Spawn(() => BothAsync(), "t"),
        () => Assert.Equal(
            ["TaskTreeTests.BothAsync > Task.WhenAll > TaskTreeTests.InnerAsync > a delay", "TaskTreeTests.BothAsync > Task.WhenAll > TaskTreeTests.OtherAsync > a future of Int32"],
            Node("t").Awaits.Select(branch => branch.ToString())));

    [Fact]
    public void GetTaskTree_Gather_HasABranchForEach() => InAGroup(
        group => group.Spawn(GatherAsync, "t"),
        () =>
        {
            string[] branches = [.. Node("t").Awaits.Select(branch => branch.ToString())];
            Assert.Contains(branches, branch => branch.StartsWith("TaskTreeTests.GatherAsync", StringComparison.Ordinal) && branch.EndsWith("TaskTreeTests.InnerAsync > a delay", StringComparison.Ordinal));
            Assert.Contains(branches, branch => branch.EndsWith("TaskTreeTests.OtherAsync > a future of Int32", StringComparison.Ordinal));
        });

    [Fact]
    public void GetTaskTree_AsTaskAndConfigureAwait_AreSeenThrough() => InAGroup(
        group => group.Spawn(ConfiguredAsync, "t"),
        () => Assert.Equal("TaskTreeTests.ConfiguredAsync > TaskTreeTests.InnerAsync > a delay", Assert.Single(Node("t").Awaits).ToString()));

    [Fact]
    public void GetTaskTree_InterruptibleWait_IsNamed() => InAGroup(
        group => group.Spawn(InterruptibleAsync, "t"),
        () => Assert.Equal("TaskTreeTests.InterruptibleAsync > Task.WaitAsync > TaskTreeTests.InnerAsync > a delay", Assert.Single(Node("t").Awaits).ToString()));

    [Fact]
    public void GetTaskTree_GeneratorAndGreenlet_AreLinks() => InAGroup(
        group =>
        {
            group.Spawn(() => Generator.RunAsync(Waits()), "generator");
            group.Spawn(async () => await Greenlet.RunAsync(() => Greenlet.Delay(Sec(9))), "greenlet");
        },
        () =>
        {
            Assert.Equal("TaskTreeTests.Waits > a delay", Assert.Single(Node("generator").Awaits).ToString());
            Assert.EndsWith(".lambda > greenlet > a delay", Assert.Single(Node("greenlet").Awaits).ToString());
        });

    [Fact]
    public void GetTaskTree_TaskInASubgroup_ShowsTheGroupsWait() => InAGroup(
        group => group.Spawn(GroupAsync, "t"),
        () =>
        {
            string wait = Assert.Single(Node("t").Awaits).ToString();
            Assert.StartsWith("TaskTreeTests.GroupAsync > TaskGroup.", wait, StringComparison.Ordinal);
            Assert.EndsWith(" > its children", wait, StringComparison.Ordinal);
        });

    [Fact]
    public void GetTaskTree_ForeignWorkAndTurn_AreToldApart() => Run(() => TaskGroup.RunAsync(async group =>
    {
        var foreign = new TaskCompletionSource();
        group.Spawn(async () => await foreign.Task, "foreign");
        group.Spawn(async () =>
        {
            while (!foreign.Task.IsCompleted) await EventLoop.Yield();
        }, "busy");
        await EventLoop.Yield();
        await EventLoop.Yield();
        Assert.Equal("foreign work", Node("foreign").WaitingFor);
        Assert.Equal("its turn", Node("busy").WaitingFor);
        Assert.Null(Node("main").WaitingFor);
        foreign.SetResult();
    }));

    [Fact]
    public void GetTaskTree_CancelledShieldedDeadline_AreShown() => Run(async () =>
    {
        using var scope = CancelScope.Enter();
        await Raises<OperationCanceledException>(() => TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                using var inner = CancelScope.Enter(Sec(7), shield: true);
                await EventLoop.Delay(Sec(1));
            }, "shielded");
            var deaf = new TaskCompletionSource();
            group.Spawn(() => deaf.Task, "deaf");
            await EventLoop.WaitAllBlockedAsync();
            var before = Node("shielded");
            Assert.True(before is { IsShielded: true, IsCancelled: false, Deadline: { } deadline } && deadline == Sec(7));
            scope.Cancel();
            Assert.True(Node("shielded") is { IsCancelled: false });
            Assert.True(Node("deaf") is { IsCancelled: true, IsShielded: false });
            string text = EventLoop.Current.GetTaskTree().ToString();
            Assert.Contains("shielded: Running, waits for a delay, shielded, deadline 00:00:07", text);
            Assert.Contains("deaf: Running, waits for foreign work, cancelled", text);
            deaf.SetResult();
        }));
    });

    [Fact]
    [Seeds(0)] // compiled for good, its methods are merged, and a site is that of their caller
    public void GetTaskTree_InDebugMode_SaysSinceWhenAndWhereFrom() => Run(() => TaskGroup.RunAsync(async group =>
    {
        await EventLoop.Delay(Sec(2));
        group.Spawn(OuterAsync, "t");
        await EventLoop.Delay(Sec(3));
        var node = Node("t");
        Assert.Equal(Sec(2), node.WaitingSince);
        Assert.Contains($"TaskTreeTests.{nameof(GetTaskTree_InDebugMode_SaysSinceWhenAndWhereFrom)}", node.CreatedAt);
        Assert.Contains("TaskTreeTests.cs:", node.CreatedAt);
        Assert.Contains("main: Running (spawned at", EventLoop.Current.GetTaskTree().ToString());
        group.Cancel();
    }), o => o with { Debug = new DebugOptions() });

    [Fact]
    public void GetTaskTree_WithoutDebugMode_KnowsNeither() => InAGroup(
        group => group.Spawn(OuterAsync, "t"),
        () => Assert.True(Node("t") is { WaitingSince: null, CreatedAt: null, Id: > 0 }));

    // Deeper than the stack: to make, to read and to print.
    [Fact]
    public void GetTaskTree_VeryDeep_IsPrinted()
    {
        const int Depth = 4000;
        string text = "";
        var thread = new Thread(() => EventLoop.Run(MainAsync, Options()), maxStackSize: 256 * 1024);
        thread.Start();
        thread.Join();
        Assert.Contains($"[{2 * Depth - 1}] level {Depth}: Running, waits for a future of Int32", text);

        async Task MainAsync()
        {
            var bottom = new Future<int>();
            int begun = 0;
            var top = EventLoop.Current.Spawn(NestAsync, "level 1");
            while (begun < Depth) await EventLoop.Yield();
            text = EventLoop.Current.GetTaskTree().ToString();
            bottom.SetResult(1);
            await top;

            Task NestAsync()
            {
                int level = ++begun;
                return level == Depth ? WaitAsync() : TaskGroup.RunAsync(group =>
                {
                    group.Spawn(NestAsync, $"level {level + 1}");
                    return Task.CompletedTask;
                });
            }

            async Task WaitAsync() => await bottom;
        }
    }

    [Fact]
    public void GetTaskTreeAsync_FromAnotherThread_TheLoopAnswers() => Run(async () =>
    {
        var loop = EventLoop.Current;
        using var hold = loop.HoldOpen();
        var answer = new TaskCompletionSource<TaskTreeNode>();
        new Thread(() => answer.SetResult(loop.GetTaskTreeAsync().GetAwaiter().GetResult())).Start();
        Assert.Equal("main", Assert.Single((await answer.Task).Children).Name);
    });

    [Fact]
    public void GetTaskTreeAsync_AfterTheEnd_SaysClosed()
    {
        EventLoop loop = null!;
        Run(async () =>
        {
            loop = EventLoop.Current;
            await EventLoop.Yield();
        });
        Assert.Throws<EventLoopClosedException>(() => { _ = loop.GetTaskTreeAsync(); });
    }

    [Fact]
    public void DumpTasks_OfABlockedLoop_ShowsTheTasks() => Run(() => TaskGroup.RunAsync(async group =>
    {
        group.Spawn(OuterAsync, "sleeper");
        await EventLoop.WaitAllBlockedAsync();
        var loop = EventLoop.Current;
        string dump = "";
        var reader = new Thread(() => dump = loop.DumpTasks());
        reader.Start();
        reader.Join(); // the loop is blocked meanwhile
        Assert.Contains("sleeper: Running, waits for a delay", dump);
        Assert.Contains("TaskTreeTests.OuterAsync > TaskTreeTests.InnerAsync", dump);
        group.Cancel();
    }));

    private static async Task OuterAsync() => await InnerAsync();

    private static async Task InnerAsync() => await EventLoop.Delay(Sec(9));

    private static async ValueTask OtherAsync() => await new Future<int>();

    private static async Task BothAsync() => await Task.WhenAll(InnerAsync(), OtherAsync().AsTask());

    private static async Task GatherAsync() => await EventLoop.GatherAsync(new ValueTask(InnerAsync()), OtherAsync());

    private static async Task ConfiguredAsync() => await InnerAsync().ConfigureAwait(false);

    private static async Task InterruptibleAsync() => await EventLoop.Interruptible(InnerAsync());

    private static async Task GroupAsync() => await TaskGroup.RunAsync(group =>
    {
        group.Spawn(InnerAsync);
        return Task.CompletedTask;
    });

    private static IEnumerable<Suspend> Waits()
    {
        yield return Suspend.Delay(Sec(9));
    }
}
