namespace Simul.Tests.Tasks;

public partial class CancelScopeTests
{
    private static Task Forever() => EventLoop.Delay(Timeout.InfiniteTimeSpan).AsTask();

    // A46
    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void Enter_ZeroOrNegativeTimeout_RaisesAtTheFirstCheckpoint(int seconds) => Run(async () =>
    {
        using var scope = CancelScope.Enter(Sec(seconds));
        Assert.True(scope.IsTimedOut);
        await Raises<OperationCanceledException>(() => EventLoop.Yield().AsTask());
    });

    // A46
    [Fact]
    public void MoveOnAfter_BodyWithoutACheckpoint_IsNotDisturbed() => Run(async () =>
        Assert.False(await CancelScope.MoveOnAfterAsync(TimeSpan.Zero, () => Task.CompletedTask)));

    [Fact]
    public void MoveOnAfter_TimeRunsOut_SaysSo()
    {
        var took = Run(async () =>
        {
            Assert.True(await CancelScope.MoveOnAfterAsync(Sec(2), Forever));
            Assert.False(await CancelScope.MoveOnAfterAsync(Sec(2), () => EventLoop.Delay(Sec(1)).AsTask()));
        });
        Assert.Equal(Sec(3), took);
    }

    // C3
    [Fact]
    public void TimeoutAfter_TimeRunsOut_RaisesTimeoutException() => Run(async () =>
    {
        var error = await Raises<TimeoutException>(() => CancelScope.TimeoutAfterAsync(Sec(2), Forever));
        Says(error, "00:00:02");
        Assert.Equal(Sec(2), EventLoop.Now);
        Assert.Equal(4, await CancelScope.TimeoutAfterAsync(Sec(1), () => Task.FromResult(4)));
        Assert.False(EventLoop.CurrentTask.IsCancelled);
    });

    // A55
    [Fact]
    public void TimeoutAfter_ReadyAtTheVeryDeadline_Wins() => Run(async () =>
    {
        await CancelScope.TimeoutAfterAsync(Sec(2), () => EventLoop.Delay(Sec(2)).AsTask());
        Assert.Equal(3, await CancelScope.TimeoutAfterAsync(Sec(1), async () =>
        {
            await EventLoop.Delay(Sec(1));
            return 3;
        }));
        Assert.Equal(Sec(3), EventLoop.Now);
    });

    // A47
    [Fact]
    public void TimeoutAfter_ForeignException_LeavesUnchanged() => Run(() =>
        Raises<FormatException>(() => CancelScope.TimeoutAfterAsync(Sec(1), async () =>
        {
            try
            {
                await Forever();
            }
            finally
            {
                throw new FormatException();
            }
        })));

    // A47
    [Fact]
    public void TimeoutAfter_CancelledFromOutside_IsNotConverted() => Run(async () =>
    {
        using var outer = CancelScope.Enter(Sec(1));
        await Raises<OperationCanceledException>(() => CancelScope.TimeoutAfterAsync(Sec(2), Forever));
        Assert.True(outer.IsTimedOut);
    });

    // A47: an OperationCanceledException that is none of ours is not taken for the timeout.
    [Fact]
    public void TimeoutAfter_ForeignCancellationInTime_LeavesUnchanged() => Run(async () =>
    {
        var original = new OperationCanceledException("foreign");
        Assert.Same(original, await Raises<OperationCanceledException>(() => CancelScope.TimeoutAfterAsync(Sec(1), () => throw original)));
    });

    // A50
    [Fact]
    public void TimeoutAfter_GroupError_StaysAGroup() => Run(() =>
        Raises<TaskGroupException>(() => CancelScope.TimeoutAfterAsync(Sec(1), () => TaskGroup.RunAsync(async group =>
        {
            try
            {
                await Forever();
            }
            finally
            {
                throw new FormatException();
            }
        }))));

    [Fact]
    public void TimeoutAfter_AroundAGroup_IsATimeout() => Run(async () =>
    {
        await Raises<TimeoutException>(() => CancelScope.TimeoutAfterAsync(Sec(1), () => TaskGroup.RunAsync(group =>
        {
            group.Spawn(Forever);
            return Task.CompletedTask;
        })));
        Assert.Equal(Sec(1), EventLoop.Now);
    });

    // A48
    [Fact]
    public void Deadline_MovedBothWays_Counts() => Run(async () =>
    {
        using (var scope = CancelScope.Enter(Sec(1)))
        {
            Assert.Equal(Sec(1), scope.Deadline);
            scope.Deadline = Sec(5);
            await EventLoop.Delay(Sec(3));
            scope.Deadline = Sec(4);
            await Raises<OperationCanceledException>(Forever);
            Assert.Equal(Sec(4), EventLoop.Now);
        }
        using (var scope = CancelScope.Enter(Sec(1)))
        {
            scope.Deadline = null;
            await EventLoop.Delay(Sec(10));
            Assert.False(scope.IsCancelled);
        }
        using (var scope = CancelScope.Enter())
        {
            scope.Deadline = EventLoop.Now + Sec(1);
            await Raises<OperationCanceledException>(Forever);
            Assert.True(scope.IsTimedOut);
        }
    });

    // A46
    [Fact]
    public void Deadline_MovedIntoThePast_RaisesAtTheNextCheckpoint() => Run(async () =>
    {
        using var scope = CancelScope.Enter(Sec(10));
        await EventLoop.Delay(Sec(2));
        scope.Deadline = Sec(1);
        await Raises<OperationCanceledException>(() => EventLoop.Yield().AsTask());
        Assert.True(scope.IsTimedOut);
    });

    // A48: no effect once left or cancelled.
    [Fact]
    public void Deadline_SetAfterTheEnd_DoesNothing() => Run(async () =>
    {
        var scope = CancelScope.Enter();
        scope.Dispose();
        scope.Deadline = EventLoop.Now + Sec(1);
        var cancelled = CancelScope.Enter();
        cancelled.Cancel();
        cancelled.Deadline = EventLoop.Now + Sec(1);
        cancelled.Dispose();
        await EventLoop.Delay(Sec(2));
        Assert.False(scope.IsTimedOut || cancelled.IsTimedOut);
        Assert.Equal(0, EventLoop.Current.GetStatistics().CurrentTimers);
    });

    [Fact]
    public void Enter_TimeoutBeyondTheEndOfTime_ThrowsAndLeavesNothingBehind() => Run(async () =>
    {
        await EventLoop.Delay(Sec(1));
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => CancelScope.Enter(TimeSpan.MaxValue)), "end of time");
        Assert.Null(EventLoop.CurrentTask.FirstChild);
        using (CancelScope.Enter(Timeout.InfiniteTimeSpan)) await EventLoop.Yield();
    });

    // A59
    [Fact]
    public void Cancelled_EveryCheckpointRaises_AlsoInFinally_UntilLeft() => Run(async () =>
    {
        int raised = 0;
        using (var scope = CancelScope.Enter())
        {
            scope.Cancel("because");
            scope.Cancel("again");
            Assert.Equal("because", scope.Reason);
            for (int i = 0; i < 3; i++)
            {
                try
                {
                    await EventLoop.Delay(Sec(1));
                }
                catch (OperationCanceledException)
                {
                    raised++;
                }
            }
            var gate = new AsyncLock();
            await Raises<OperationCanceledException>(() => gate.LockAsync().AsTask());
            await Raises<OperationCanceledException>(() => new AsyncSemaphore(1).WaitAsync().AsTask());
            var future = new Future<int>();
            future.SetResult(1);
            await Raises<OperationCanceledException>(() => future.WaitAsync().AsTask());
            Assert.True(gate.TryLock(out var hold)); // no checkpoint
            hold.Dispose();
        }
        Assert.Equal(3, raised);
        await EventLoop.Delay(Sec(1));
        Assert.Equal(Sec(1), EventLoop.Now);
    });

    // A60
    [Fact]
    public void SeveralCancelled_TheOutermostCatches() => Run(async () =>
    {
        bool inner = false;
        bool outer = await CancelScope.RunAsync(async a =>
        {
            inner = await CancelScope.RunAsync(async b =>
            {
                b.Cancel("b");
                a.Cancel("a");
                await Forever();
            });
        });
        Assert.True(outer);
        Assert.False(inner);
    });

    // C4
    [Fact]
    public void Cancelled_TokenInTheException_IsTheOutermostScopes() => Run(async () =>
    {
        using var a = CancelScope.Enter();
        using var b = CancelScope.Enter();
        b.Cancel("inner");
        Assert.Equal(b.Token, (await Raises<OperationCanceledException>(Forever)).CancellationToken);
        a.Cancel("outer");
        var error = await Raises<OperationCanceledException>(Forever);
        Assert.Equal(a.Token, error.CancellationToken);
        Says(error, "outer");
    });

    // The filter that everybody writes.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Cancelled_TokenTakenBefore_ShowsItWhenTheCheckpointRaises(bool seeded) => Run(async () =>
    {
        for (int i = 0; i < 20; i++)
        {
            using var scope = CancelScope.Enter();
            var token = scope.Token;
            bool caught = false;
            EventLoop.Current.CallLater(Sec(1), () => scope.Cancel());
            try
            {
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
            }
            catch (OperationCanceledException error) when (token.IsCancellationRequested && error.CancellationToken.IsCancellationRequested)
            {
                caught = true;
            }
            Assert.True(caught);
        }
    }, o => seeded ? o with { Scheduling = SchedulingPolicy.SeededRandom(4) } : o);
}
