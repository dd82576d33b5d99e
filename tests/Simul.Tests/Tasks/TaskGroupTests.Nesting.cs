namespace Simul.Tests.Tasks;

public partial class TaskGroupTests
{
    // A19
    [Fact]
    public void InnerGroupFails_OuterGetsItNested() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(outer =>
        {
            outer.Spawn(() => TaskGroup.RunAsync(inner =>
            {
                inner.Spawn(() => throw new FormatException());
                return Task.CompletedTask;
            }));
            return Task.CompletedTask;
        }));
        var nested = Assert.IsType<TaskGroupException>(Assert.Single(error.Errors));
        Assert.IsType<FormatException>(Assert.Single(nested.Errors));
        Assert.True(error.TryGetSingle<FormatException>(out _));
    });

    // A19, A32
    [Fact]
    public void OuterFails_InnerIsCancelledAndOnlyTheOuterErrorComesOut() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(outer =>
        {
            outer.Spawn(() => TaskGroup.RunAsync(async inner =>
            {
                for (int i = 0; i < 10; i++) inner.Spawn(Forever);
                await Forever();
            }));
            outer.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(1));
                throw new FormatException();
            });
            return Task.CompletedTask;
        }));
        Assert.IsType<FormatException>(Assert.Single(error.Errors));
    });

    // A21
    [Fact]
    public void Spawn_FromAChildWhileTheGroupEnds_IsAwaitedToo()
    {
        int depth = 0;
        var took = Run(() => TaskGroup.RunAsync(group =>
        {
            async Task Next()
            {
                await EventLoop.Delay(Sec(1));
                if (++depth < 5) group.Spawn(Next);
            }
            group.Spawn(Next);
            return Task.CompletedTask;
        }));
        Assert.Equal(5, depth);
        Assert.Equal(Sec(5), took);
    }

    // A22
    [Fact]
    public void Spawn_AfterTheEnd_Throws() => Run(async () =>
    {
        TaskGroup group = null!;
        await TaskGroup.RunAsync(g =>
        {
            group = g;
            return Task.CompletedTask;
        }, new TaskGroupOptions { Name = "over" });
        bool ran = false;
        Says(Assert.Throws<InvalidOperationException>(() => group.Spawn(() =>
        {
            ran = true;
            return Task.CompletedTask;
        })), "over", "ended");
        Assert.Throws<InvalidOperationException>(() => group.StartNow(() => Task.CompletedTask));
        await EventLoop.Yield();
        Assert.False(ran);
    });

    // A22, C4
    [Fact]
    public void Spawn_AfterTheCancel_IsCancelledWithoutRunning() => Run(async () =>
    {
        bool ran = false;
        LoopTask? child = null;
        await TaskGroup.RunAsync(group =>
        {
            group.Cancel();
            group.Cancel();
            Assert.True(group.IsCancelled);
            child = group.Spawn(() =>
            {
                ran = true;
                return Task.CompletedTask;
            });
            return Task.CompletedTask;
        });
        Assert.False(ran);
        Assert.Equal(LoopTaskStatus.Cancelled, child!.Status);
    });

    // A23: after a handled group error nothing around it is cancelled.
    [Fact]
    public void HandledError_LeavesTheCallerUncancelled() => Run(async () =>
    {
        await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group => throw new FormatException()));
        await EventLoop.Delay(Sec(1));
        Assert.False(EventLoop.CurrentTask.IsCancelled);
        Assert.Equal(Sec(1), EventLoop.Now);
    });

    // A25
    [Fact]
    public void Cancel_EndsTheGroupWithoutAnError() => Run(async () =>
    {
        bool after = false;
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(Forever);
            await EventLoop.Yield();
            group.Cancel("done");
            await Forever();
            after = true;
        });
        Assert.False(after);
        Assert.False(EventLoop.CurrentTask.IsCancelled);
    });

    [Fact]
    public void Cancel_FromAnotherThread_IsPosted() => Run(() => TaskGroup.RunAsync(async group =>
    {
        using var hold = EventLoop.Current.HoldOpen();
        new Thread(() => group.Cancel("from outside")).Start();
        await Forever();
    }));

    // A30
    [Fact]
    [FifoOrder]
    public void EmptyGroup_IsASchedulePointButNoCancelPoint() => Run(async () =>
    {
        bool ran = false;
        EventLoop.Current.CallSoon(() => ran = true);
        await TaskGroup.RunAsync(_ => Task.CompletedTask);
        Assert.True(ran);
        using var scope = CancelScope.Enter();
        scope.Cancel();
        await TaskGroup.RunAsync(_ => Task.CompletedTask);
        await Raises<OperationCanceledException>(() => EventLoop.Yield().AsTask());
    });

    // A32
    [Fact]
    public void ManyCancelledChildren_OneCancellationComesOut() => Run(async () =>
    {
        using var scope = CancelScope.Enter(Sec(1));
        var error = await Raises<OperationCanceledException>(() => TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < 50; i++) group.Spawn(Forever);
            return Task.CompletedTask;
        }));
        Assert.True(scope.IsTimedOut);
        Says(error, "deadline");
    });

    // A63: what was cancelled is filtered out, what failed on its way out is not; the scope around stays cancelled.
    [Fact]
    public void CancelledFromOutside_AChildFailsOnItsWayOut_ItsErrorComesOutAlone() => Run(async () =>
    {
        using var scope = CancelScope.Enter(Sec(1));
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 3; i++) group.Spawn(Forever);
            group.Spawn(FailOnTheWayOut);
            await Forever();
        }));
        Assert.IsType<FormatException>(Assert.Single(error.Errors));
        await Raises<OperationCanceledException>(async () => await EventLoop.Yield());
    });

    // A63
    [Fact]
    public void Cancel_AChildFailsOnItsWayOut_ItsErrorComesOutAlone() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            group.Spawn(Forever);
            group.Spawn(FailOnTheWayOut);
            await Settle();
            group.Cancel();
            await Forever();
        }));
        Assert.IsType<FormatException>(Assert.Single(error.Errors));
        await EventLoop.Yield();
    });

    private static async Task FailOnTheWayOut()
    {
        try
        {
            await Forever();
        }
        finally
        {
            throw new FormatException();
        }
    }

    // A17: the body had its result, and what was around it is cancelled all the same.
    [Fact]
    public void CancelledFromOutside_AfterTheBodysEnd_TheCancellationGoesOn() => Run(async () =>
    {
        int? result = null;
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => result = await TaskGroup.RunAsync(group =>
        {
            group.Spawn(async () =>
            {
                using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(3));
            });
            return Task.FromResult(5);
        })));
        Assert.Null(result);
        Assert.Equal(Sec(3), EventLoop.Now);
    });
}
