namespace Simul.Tests.Loop;

public class WaitTests
{
    private static LoopTask<int> Task(double seconds, int result = 0, bool fails = false) => EventLoop.Current.Spawn(async () =>
    {
        await EventLoop.Delay(Sec(seconds));
        return fails ? throw new FormatException() : result;
    });

    // A90
    [Fact]
    public void Wait_ForAll_RaisesNoChildsError() => Run(async () =>
    {
        var (good, bad, gone) = (Task(2), Task(1, fails: true), Task(100));
        EventLoop.Current.CallLater(Sec(1), () => gone.Cancel());
        var (done, pending) = await EventLoop.WaitAsync([good, bad, gone, good]);
        Assert.Equal([good, bad, gone], done);
        Assert.Empty(pending);
        Assert.Equal([LoopTaskStatus.Succeeded, LoopTaskStatus.Failed, LoopTaskStatus.Cancelled], done.Select(task => task.Status));
        Assert.Equal(Sec(2), EventLoop.Now);
    });

    // A52
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void WaitFor_NoTime_GivesTheOutcomeOfADoneTask(double seconds) => Run(async () =>
    {
        var (good, bad) = (Task(1, result: 7), Task(1, fails: true));
        await EventLoop.WaitAsync([good, bad]);
        Assert.Equal(7, await EventLoop.WaitForAsync(good, Sec(seconds)));
        await Raises<FormatException>(() => EventLoop.WaitForAsync(bad, Sec(seconds)));
        await EventLoop.WaitForAsync((LoopTask)good, Sec(seconds));
    });

    // A52
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void WaitFor_NoTime_DoesNotBeginATask(double seconds) => Run(async () =>
    {
        bool ran = false;
        var task = EventLoop.Current.Spawn(() =>
        {
            ran = true;
            return System.Threading.Tasks.Task.FromResult(1);
        }, "late");
        Says(await Raises<TimeoutException>(() => EventLoop.WaitForAsync(task, Sec(seconds))), "late");
        Assert.False(ran);
        Assert.Equal(LoopTaskStatus.Cancelled, task.Status);
    });

    [Fact]
    public void WaitFor_InTime_GivesTheResult_AtTheVeryMomentToo() => Run(async () =>
    {
        Assert.Equal(7, await EventLoop.WaitForAsync(Task(2, result: 7), Sec(2)));
        Assert.Equal(8, await EventLoop.WaitForAsync(Task(200, result: 8), Timeout.InfiniteTimeSpan));
        await Raises<FormatException>(() => EventLoop.WaitForAsync(Task(1, fails: true), Sec(2)));
    });

    [Fact]
    public void WaitFor_TimeRunsOut_CancelsTheTaskAndWaitsForItsEnd() => Run(async () =>
    {
        var task = EventLoop.Current.Spawn(async () =>
        {
            try
            {
                await EventLoop.Delay(Sec(100));
            }
            finally
            {
                await CancelScope.ShieldAsync(() => EventLoop.Delay(Sec(2)).AsTask());
            }
        });
        await Raises<TimeoutException>(() => EventLoop.WaitForAsync(task, Sec(1)));
        Assert.Equal(LoopTaskStatus.Cancelled, task.Status);
        Assert.Equal(Sec(3), EventLoop.Now);
        Assert.False(EventLoop.CurrentTask.IsCancelled);
    });

    [Fact]
    public void WaitFor_TimeRunsOut_AResultOnTheWayOutCounts() => Run(async () =>
    {
        var task = EventLoop.Current.Spawn(async () =>
        {
            try
            {
                await EventLoop.Delay(Sec(100));
            }
            catch (OperationCanceledException)
            {
            }
            return 9;
        });
        Assert.Equal(9, await EventLoop.WaitForAsync(task, Sec(1)));
    });

    [Fact]
    public void WaitFor_CallerIsCancelled_CancelsTheTask() => Run(async () =>
    {
        var task = Task(100);
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), () => EventLoop.WaitForAsync(task, Sec(10))));
        Assert.Equal(LoopTaskStatus.Cancelled, task.Status);
        Assert.Equal(Sec(1), EventLoop.Now);
    });

    [Fact]
    public void WaitFor_OffTheLoop_ThrowsAndLeavesTheTaskAlone() => Run(async () =>
    {
        var task = Task(1, result: 3);
        await System.Threading.Tasks.Task.Run(() => Raises<LoopAffinityException>(() => EventLoop.WaitForAsync(task, TimeSpan.Zero)));
        Assert.Equal(3, await task);
    });

    [Fact]
    public void WaitFor_TaskIsCancelledByAnother_IsNoTimeout() => Run(async () =>
    {
        var task = Task(100);
        EventLoop.Current.CallLater(Sec(1), () => task.Cancel());
        await Raises<OperationCanceledException>(() => EventLoop.WaitForAsync(task, Sec(10)));
        Assert.Equal(Sec(1), EventLoop.Now);
    });

    // A90
    [Fact]
    public void Wait_ForTheFirst_MayReturnSeveral_AndNeverCancels() => Run(async () =>
    {
        var (a, b, c) = (Task(1), Task(1), Task(2));
        var (done, pending) = await EventLoop.WaitAsync([a, b, c], WaitUntil.FirstCompleted);
        Assert.Equal(Sec(1), EventLoop.Now);
        Assert.NotEmpty(done);
        Assert.Contains(c, pending);
        Assert.Equal([a, b, c], done.Concat(pending).OrderBy(task => task == a ? 0 : task == b ? 1 : 2));
        await EventLoop.WaitAsync([a, b, c]);
        Assert.All(new[] { a, b, c }, task => Assert.Equal(LoopTaskStatus.Succeeded, task.Status));
        (done, pending) = await EventLoop.WaitAsync([a, b, c], WaitUntil.FirstCompleted);
        Assert.Equal(3, done.Count);
    });

    // A90
    [Fact]
    public void Wait_ForTheFirstFailure_IgnoresSuccessesAndCancellations() => Run(async () =>
    {
        var (good, gone, bad, slow) = (Task(1), Task(100), Task(3, fails: true), Task(10));
        EventLoop.Current.CallLater(Sec(2), () => gone.Cancel());
        var (done, pending) = await EventLoop.WaitAsync([good, gone, bad, slow], WaitUntil.FirstFailed);
        Assert.Equal(Sec(3), EventLoop.Now);
        Assert.Equal([good, gone, bad], done);
        Assert.Equal([slow], pending);
        (done, pending) = await EventLoop.WaitAsync([good, slow], WaitUntil.FirstFailed);
        Assert.Equal(Sec(10), EventLoop.Now);
        Assert.Empty(pending);
    });

    // A90
    [Fact]
    public void Wait_TimeRunsOut_RaisesNothingAndCancelsNothing() => Run(async () =>
    {
        var (a, b) = (Task(1), Task(3));
        var (done, pending) = await EventLoop.WaitAsync([a, b], timeout: Sec(2));
        Assert.Equal(Sec(2), EventLoop.Now);
        Assert.Equal([a], done);
        Assert.Equal([b], pending);
        (done, pending) = await EventLoop.WaitAsync([a, b], timeout: TimeSpan.Zero);
        Assert.Equal(Sec(2), EventLoop.Now);
        Assert.Equal([b], pending);
        (done, _) = await EventLoop.WaitAsync([a, b], timeout: Timeout.InfiniteTimeSpan);
        Assert.Equal(2, done.Count);
        Assert.Equal(0, EventLoop.Current.GetStatistics().CurrentTimers);
    });

    // A90
    [Fact]
    public void Wait_ForNothing_Throws() => Run(async () =>
    {
        await Raises<ArgumentException>(() => EventLoop.WaitAsync(Array.Empty<LoopTask>()));
        await Raises<ArgumentNullException>(() => EventLoop.WaitAsync<LoopTask>(null!));
        await Raises<ArgumentOutOfRangeException>(() => EventLoop.WaitAsync([Task(0)], timeout: Sec(-5)));
    });

    // A90
    [Fact]
    public void Wait_Cancelled_LeavesTheTasksAlone() => Run(async () =>
    {
        var task = Task(5, 3);
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), () => EventLoop.WaitAsync([task])));
        Assert.Equal(3, await task);
    });

    // Who no longer waits for a task does not hear of its failure: then nobody does, and it ends the loop.
    [Fact]
    public void Wait_GivenUp_ALaterFailureIsUnhandled() => Assert.Throws<FormatException>(() => Run(async () =>
    {
        await EventLoop.WaitAsync([Task(5, fails: true)], timeout: Sec(1));
        await EventLoop.Delay(Sec(100));
    }));

    // A91
    [Fact]
    public void AsCompleted_YieldsTheTasksThemselves_InTheOrderOfTheirEnds() => Run(async () =>
    {
        var (a, b, c, d) = (Task(3, 1), Task(1, 2), Task(2, 3, fails: true), Task(0.5, 4));
        await d;
        List<LoopTask<int>> order = [];
        await foreach (var task in EventLoop.AsCompletedAsync([a, b, c, d, a]))
        {
            Assert.True(task.IsCompleted);
            order.Add(task);
            if (order.Count == 1) await EventLoop.Delay(Sec(1.7)); // b and c end meanwhile
        }
        Assert.Equal([d, b, c, a], order);
        Assert.Equal(LoopTaskStatus.Failed, c.Status);
        await foreach (var none in EventLoop.AsCompletedAsync(Array.Empty<LoopTask>())) Assert.Fail($"{none}");
    });

    // A91
    [Fact]
    public void AsCompleted_LeftEarlyOrCancelled_LeavesTheTasksAlone() => Run(async () =>
    {
        var (a, b) = (Task(1, 1), Task(5, 2));
        await foreach (var task in EventLoop.AsCompletedAsync([a, b])) break;
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () =>
        {
            await foreach (var task in EventLoop.AsCompletedAsync([b])) Assert.Fail("not in time");
        }));
        Assert.Equal(Sec(2), EventLoop.Now);
        Assert.Equal(2, await b);
    });

    [Fact]
    public void AsCompleted_EachStep_IsACheckpoint() => Run(async () =>
    {
        var (a, b) = (Task(1), Task(1));
        await EventLoop.WaitAsync([a, b]);
        int seen = 0;
        using var scope = CancelScope.Enter();
        await Raises<OperationCanceledException>(async () =>
        {
            await foreach (var task in EventLoop.AsCompletedAsync([a, b]))
            {
                seen++;
                scope.Cancel();
            }
        });
        Assert.Equal(1, seen);
    });

    // asyncio's shield: to give up the wait for a task is not to cancel it.
    [Fact]
    public void Join_GivenUp_LeavesTheTaskRunning() => Run(async () =>
    {
        var task = Task(5, 4);
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await task));
        Assert.Equal(LoopTaskStatus.Running, task.Status);
        Assert.Equal(4, await task);
    });
}
