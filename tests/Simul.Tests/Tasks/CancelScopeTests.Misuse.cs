namespace Simul.Tests.Tasks;

// Scopes used too late, in the wrong place, or with times that are none.
public partial class CancelScopeTests
{
    // A62: once left, it is over.
    [Fact]
    public void Cancel_AfterTheEnd_HasNoEffect() => Run(async () =>
    {
        var scope = CancelScope.Enter();
        scope.Dispose();
        scope.Cancel("too late");
        scope.Shield = true;
        scope.CancelAfter(Sec(1));
        await EventLoop.Delay(Sec(2));
        Assert.False(scope.IsCancelled || scope.IsCancellationRequested || EventLoop.CurrentTask.IsCancelled);
        Assert.Null(scope.Reason);
    });

    // A31
    [Fact]
    public void Dispose_InAnotherTask_Throws() => Run(async () =>
    {
        using var scope = CancelScope.Enter();
        await EventLoop.Current.Spawn(() =>
        {
            Says(Assert.Throws<InvalidOperationException>(scope.Dispose), "while another is current", "Task 'thief'");
            return Task.CompletedTask;
        }, "thief");
        Assert.False(scope.IsClosed);
    });

    // A31: the group is left, and with it what was left open in it.
    [Fact]
    public void ScopeLeftOpenByAGroupsBody_EndsWithTheGroup() => Run(async () =>
    {
        CancelScope? left = null;
        await TaskGroup.RunAsync(async group =>
        {
            left = CancelScope.Enter(Sec(100));
            group.Spawn(() => EventLoop.Delay(Sec(1)).AsTask());
            await EventLoop.Yield();
        });
        Assert.True(left!.IsClosed);
        Assert.Null(EventLoop.CurrentTask.FirstChild);
        left.Dispose();
        await EventLoop.Delay(Sec(200));
        Assert.False(left.IsTimedOut);
    });

    // A44
    [Fact]
    public void Cancel_OfAnInnerScope_LeavesTheOuterAndItsTokenAlone() => Run(async () =>
    {
        using var outer = CancelScope.Enter();
        var token = outer.Token;
        using (var inner = CancelScope.Enter())
        {
            inner.Cancel();
            await Raises<OperationCanceledException>(Forever);
            Assert.True(inner.Token.IsCancellationRequested);
        }
        await EventLoop.Delay(Sec(1));
        Assert.False(outer.IsCancelled || token.IsCancellationRequested);
    });

    // A52, A54 differ: the body begins, and a checkpoint raises also where there would be nothing to wait for.
    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void TimeoutAfter_ZeroOrNegative_RunsToTheFirstCheckpoint(int seconds) => Run(async () =>
    {
        bool begun = false, passed = false;
        await Raises<TimeoutException>(() => CancelScope.TimeoutAfterAsync(Sec(seconds), async () =>
        {
            begun = true;
            await EventLoop.Yield();
            passed = true;
        }));
        Assert.True(begun);
        var done = EventLoop.Current.StartNow(() => Task.CompletedTask);
        await Raises<TimeoutException>(() => CancelScope.TimeoutAfterAsync(Sec(seconds), async () => await done));
        Assert.Equal(4, await CancelScope.TimeoutAfterAsync(Sec(seconds), () => Task.FromResult(4)));
        Assert.False(passed);
        Assert.Equal(TimeSpan.Zero, EventLoop.Now);
    });

    // A54 differs: a body that catches its cancellation and returns has ended by itself, however late.
    [Fact]
    public void TimeoutAfter_BodySwallowsTheCancellation_ItsResultCounts() => Run(async () =>
    {
        Assert.Equal(7, await CancelScope.TimeoutAfterAsync(Sec(1), async () =>
        {
            try
            {
                await Forever();
            }
            catch (OperationCanceledException)
            {
            }
            return 7;
        }));
        Assert.False(await CancelScope.MoveOnAfterAsync(Sec(1), () => Raises<OperationCanceledException>(Forever)));
        Assert.Equal(Sec(2), EventLoop.Now);
    });

    [Fact]
    public void Timeouts_BehindTheEndOfTime_ThrowWithoutRunningTheBody() => Run(async () =>
    {
        await EventLoop.Delay(Sec(1));
        await Raises<ArgumentOutOfRangeException>(() => CancelScope.MoveOnAfterAsync(TimeSpan.MaxValue, Never));
        await Raises<ArgumentOutOfRangeException>(() => CancelScope.TimeoutAfterAsync(TimeSpan.MaxValue, Never));
        await Raises<ArgumentOutOfRangeException>(() => CancelScope.ShieldAsync(Never, TimeSpan.MaxValue));
        await Raises<ArgumentOutOfRangeException>(() => CancelScope.RunAsync(_ => Never(), TimeSpan.MaxValue));
        Assert.Null(EventLoop.CurrentTask.FirstChild);

        static Task Never() => throw new InvalidOperationException("it ran");
    });

    // Moments, unlike times from now, are all legal.
    [Fact]
    public void Deadline_AtTheEndsOfTime_NeverComesOrHasPassed() => Run(async () =>
    {
        using (var scope = CancelScope.Enter())
        {
            scope.Deadline = TimeSpan.MaxValue;
            await EventLoop.Delay(TimeSpan.FromDays(10_000));
            Assert.False(scope.IsCancelled);
            scope.Deadline = TimeSpan.MinValue;
            await Raises<OperationCanceledException>(async () => await EventLoop.Yield());
            Assert.True(scope.IsTimedOut);
        }
        using (var scope = CancelScope.Enter())
        {
            scope.CancelAfter(TimeSpan.MinValue);
            Assert.True(scope.IsTimedOut);
        }
    });

    // A65: what hears no cancellation is waited for, not asked again and again.
    [Fact]
    public void CancelledTask_WaitingForForeignWork_DoesNotSpin()
    {
        long turns = 0;
        var took = Run(async () =>
        {
            var foreign = new TaskCompletionSource();
            EventLoop.Current.CallLater(Sec(1000), foreign.SetResult);
            await TaskGroup.RunAsync(async group =>
            {
                group.Spawn(() => foreign.Task);
                await Settle();
                group.Cancel();
            });
            turns = EventLoop.Current.GetStatistics().TotalTurns;
        });
        Assert.Equal(Sec(1000), took);
        Assert.InRange(turns, 1, 30);
    }
}
