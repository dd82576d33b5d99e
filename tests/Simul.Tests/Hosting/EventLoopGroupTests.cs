namespace Simul.Tests.Hosting;

public class EventLoopGroupTests
{
    private static EventLoopGroup Start(int count = 2, Func<EventLoopOptions, EventLoopOptions>? change = null)
    {
        var options = Options();
        return new EventLoopGroup(new EventLoopGroupOptions { Count = count, Name = "hall", Loop = change is null ? options : change(options) });
    }

    private static Task Timely(Task task) => task.WaitAsync(Sec(60));

    private static Task<T> Timely<T>(Task<T> task) => task.WaitAsync(Sec(60));

    // A callback that blocks a loop until the returned gate is set; returns when it blocks.
    private static ManualResetEventSlim Block(EventLoop loop)
    {
        var gate = new ManualResetEventSlim();
        using var blocks = new ManualResetEventSlim();
        loop.Post(() =>
        {
            blocks.Set();
            gate.Wait();
        });
        blocks.Wait();
        return gate;
    }

    private static void UntilIdle(EventLoopGroup group) => Eventually(() => group.GetStatistics().Loops.All(loop => loop.IsWaiting), "all loops wait");

    [Fact]
    public async Task Group_HasALoopForEachCore_WithNames()
    {
        await using var group = new EventLoopGroup();
        Assert.Equal(Environment.ProcessorCount, group.Loops.Count);
        Assert.Equal("loops 1", group.Loops[0].Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => new EventLoopGroupOptions { Count = 0 });
    }

    [Fact]
    public async Task Current_IsTheGroupOfTheLoop()
    {
        await using var group = Start();
        Assert.Same(group, await Timely(group.SubmitAsync(() => Task.FromResult(EventLoopGroup.Current))));
        Assert.Null(EventLoopGroup.CurrentOrNull);
        Assert.Throws<LoopAffinityException>(() => EventLoopGroup.Current);
        Run(() =>
        {
            Assert.Null(EventLoopGroup.CurrentOrNull);
            Says(Assert.Throws<InvalidOperationException>(() => EventLoopGroup.Current), "no group", "SubmitAsync");
            return Task.CompletedTask;
        });
    }

    [Fact]
    public async Task SubmitAsync_ToACertainLoop_RunsThere()
    {
        await using var group = Start(3);
        for (int i = 0; i < 3; i++) Assert.Same(group.Loops[i], await Timely(group.SubmitAsync(i, () => Task.FromResult(EventLoop.Current))));
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = group.SubmitAsync(3, () => Task.CompletedTask); });
        Assert.Throws<ArgumentOutOfRangeException>(() => { _ = group.SubmitAsync(-1, () => Task.CompletedTask); });
    }

    [Fact]
    public async Task SubmitAsync_OneLoopIsBusy_GoesToTheOther()
    {
        await using var group = Start();
        UntilIdle(group);
        using var gate = Block(group.Loops[0]);
        for (int i = 0; i < 10; i++) Assert.Same(group.Loops[1], await Timely(group.SubmitAsync(() => Task.FromResult(EventLoop.Current))));
        gate.Set();
    }

    [Fact]
    public async Task SubmitAsync_OfTasksThatWait_AreSpreadEvenly()
    {
        await using var group = Start(4, options => options with { Clock = TimeProvider.System });
        UntilIdle(group);
        // All are equally busy: a loop that is awake before the others begins what they were given.
        var gates = group.Loops.Select(Block).ToList();
        var tasks = Enumerable.Range(0, 40).Select(_ => group.SubmitAsync(async () => await EventLoop.Delay(Timeout.InfiniteTimeSpan))).ToList();
        Assert.All(group.GetStatistics().Loops, loop => Assert.Equal(10, loop.CurrentPending));
        gates.ForEach(gate => gate.Set());
        UntilIdle(group);
        var loads = group.GetStatistics();
        Assert.Equal(40, loads.Loops.Sum(loop => loop.CurrentAlive));
        Assert.Equal(0, loads.Loops.Sum(loop => loop.CurrentPending));
        await Timely(group.StopAsync());
        Assert.All(tasks, task => Assert.True(task.IsCanceled));
    }

    [Fact]
    public async Task GivenToALoopThatStaysBusy_IsBegunByAnIdleOne()
    {
        await using var group = Start();
        UntilIdle(group);
        using var first = Block(group.Loops[0]);
        using var second = Block(group.Loops[1]);
        var tasks = Enumerable.Range(0, 10).Select(_ => group.SubmitAsync(() => Task.FromResult(EventLoop.Current))).ToList();
        Assert.Equal(10, group.GetStatistics().Loops.Sum(loop => loop.CurrentPending));
        Assert.All(group.GetStatistics().Loops, loop => Assert.Equal(5, loop.CurrentPending));
        second.Set(); // the first never comes to its share
        foreach (var task in tasks) Assert.Same(group.Loops[1], await Timely(task));
        Assert.Equal(5, group.GetStatistics().TotalTakenOver);
        Assert.Equal(10, group.GetStatistics().TotalSubmitted);
        first.Set();
        UntilIdle(group);
        Assert.All(group.GetStatistics().Loops, loop => Assert.Equal((0, 0), (loop.CurrentPending, loop.CurrentAlive)));
    }

    [Fact]
    public async Task ManySubmissions_FromManyThreads_EachRunsOnce()
    {
        await using var group = Start(4);
        int runs = 0;
        await Timely(Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Task.WhenAll(Enumerable.Range(0, 500).Select(_ => group.SubmitAsync(async () =>
        {
            await EventLoop.Yield();
            Interlocked.Increment(ref runs);
        })))))));
        Assert.Equal(4000, runs);
        UntilIdle(group);
        Assert.Equal(0, group.GetStatistics().Loops.Sum(loop => loop.CurrentAlive));
    }

    [Fact]
    public async Task InvokeAsync_OfAGroup_RunsOnTheLeastLoadedLoop()
    {
        await using var group = Start();
        UntilIdle(group);
        await Timely(group.SubmitAsync(0, async () =>
        {
            // This loop is busy with this task; the other waits.
            Assert.Same(group.Loops[1], await group.InvokeAsync(() => Task.FromResult(EventLoop.Current)));
            Assert.Same(group.Loops[0], EventLoop.Current);
            await group.InvokeAsync(() => Task.CompletedTask);
        }));
        UntilIdle(group);
        Assert.Equal(0, group.GetStatistics().Loops.Sum(loop => loop.CurrentAlive + loop.CurrentPending));
    }

    [Fact]
    public async Task WhatBelongsToAnotherLoop_IsRefused()
    {
        await using var group = Start();
        var task = await Timely(group.SubmitAsync(0, () => Task.FromResult(EventLoop.Current.Spawn(() => EventLoop.Delay(Timeout.InfiniteTimeSpan).AsTask()))));
        var gate = new AsyncLock("gate");
        using var held = await Timely(group.SubmitAsync(0, async () => await gate.LockAsync()));
        await Timely(group.SubmitAsync(1, async () =>
        {
            await Raises<LoopAffinityException>(async () => await task);
            await Raises<LoopAffinityException>(async () => (await gate.LockAsync()).Dispose());
        }));
    }

    [Fact]
    public async Task LoopThatFails_TheOthersGoOn_AndTheGroupSaysSo()
    {
        var group = Start();
        group.Loops[0].Post(() => throw new FormatException());
        Eventually(() => group.Loops[0].IsEnded, "the first loop's end");
        for (int i = 0; i < 5; i++) Assert.Same(group.Loops[1], await Timely(group.SubmitAsync(() => Task.FromResult(EventLoop.Current))));
        Assert.Throws<EventLoopClosedException>(() => { _ = group.SubmitAsync(0, () => Task.CompletedTask); });
        await Assert.ThrowsAsync<FormatException>(() => Timely(group.DisposeAsync().AsTask()));
        Says(Assert.Throws<EventLoopClosedException>(() => { _ = group.SubmitAsync(() => Task.CompletedTask); }), "hall");
        await group.DisposeAsync();
    }

    [Fact]
    public async Task TwoLoopsThatFail_BothErrorsAreRaised()
    {
        var group = Start();
        foreach (var loop in group.Loops) loop.Post(() => throw new FormatException());
        var error = await Assert.ThrowsAsync<AggregateException>(() => Timely(group.StopAsync()));
        Assert.Equal(2, error.InnerExceptions.Count);
        Assert.Throws<AggregateException>(() => OnThread(group.Dispose));
        group.Dispose();
    }

    [Fact]
    public async Task Stop_FromOneOfItsLoops_IsRefused()
    {
        await using var group = Start();
        await Timely(group.SubmitAsync(async () =>
        {
            Says(await Raises<InvalidOperationException>(() => group.StopAsync()), "its own end");
            await Raises<InvalidOperationException>(() => group.DisposeAsync().AsTask());
            Assert.Throws<InvalidOperationException>(group.Dispose);
        }));
        Assert.Equal(1, await Timely(group.SubmitAsync(() => Task.FromResult(1))));
    }

    [Fact]
    public async Task SharedVirtualClock_IsOneTimeForAllLoops()
    {
        var clock = new VirtualTimeProvider();
        var starting = clock.Join("test");
        await using var group = Start(3, options => options with { Clock = clock });
        var ends = Enumerable.Range(0, 3).Select(i => group.SubmitAsync(i, async () =>
        {
            for (int round = 0; round < 10; round++) await EventLoop.Delay(Sec(i + 1));
            return EventLoop.Now;
        })).ToList();
        starting.Dispose();
        Assert.Equal([Sec(10), Sec(20), Sec(30)], await Timely(Task.WhenAll(ends)));
        Assert.Equal(Sec(30), clock.Elapsed);
    }
}
