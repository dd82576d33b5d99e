namespace Simul.Tests.Tasks;

public partial class TaskGroupTests
{
    private static Task Forever() => EventLoop.Delay(Timeout.InfiniteTimeSpan).AsTask();

    // A13
    [Fact]
    public void RunAsync_Exit_WaitsForEveryChild()
    {
        int ended = 0;
        var took = Run(() => TaskGroup.RunAsync(group =>
        {
            for (int i = 1; i <= 3; i++)
            {
                int n = i;
                group.Spawn(async () =>
                {
                    await EventLoop.Delay(Sec(n));
                    ended++;
                });
            }
            return Task.CompletedTask;
        }));
        Assert.Equal(3, ended);
        Assert.Equal(Sec(3), took);
    }

    [Fact]
    public void RunAsync_Result_IsTheBodys() => Run(async () =>
    {
        LoopTask<int>? child = null;
        int result = await TaskGroup.RunAsync(async group =>
        {
            child = group.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(1));
                return 4;
            });
            return await child + 1;
        });
        Assert.Equal(5, result);
        Assert.Equal(4, child!.Result);
        Assert.Equal(LoopTaskStatus.Succeeded, child.Status);
    });

    // A14, A35
    [Fact]
    public void Child_CancelledByItself_IsNoError() => Run(async () =>
    {
        bool other = false;
        LoopTask? child = null;
        await TaskGroup.RunAsync(async group =>
        {
            child = group.Spawn(Forever);
            group.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(2));
                other = true;
            });
            await EventLoop.Delay(Sec(1));
            child.Cancel("no longer needed");
        });
        Assert.True(other);
        Assert.Equal(LoopTaskStatus.Cancelled, child!.Status);
        Assert.Equal("no longer needed", child.Reason);
    });

    // A15, A26
    [Fact]
    public void Child_Fails_SiblingsAndBodyAreCancelledAndOneGroupComesOut()
    {
        List<string> log = [];
        var took = Run(async () =>
        {
            var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
            {
                group.Spawn(async () =>
                {
                    try
                    {
                        await Forever();
                    }
                    finally
                    {
                        log.Add("sibling");
                    }
                });
                group.Spawn(async () =>
                {
                    await EventLoop.Delay(Sec(1));
                    throw new FormatException("first");
                });
                try
                {
                    await Forever();
                }
                finally
                {
                    log.Add("body");
                }
            }, new TaskGroupOptions { Name = "tables" }));
            Assert.IsType<FormatException>(Assert.Single(error.Errors));
            Says(error, "tables");
            Assert.True(error.TryGetSingle<FormatException>(out var single));
            Assert.Equal("first", single.Message);
            Assert.False(error.TryGetSingle<IOException>(out _));
        });
        log.Sort();
        Assert.Equal(["body", "sibling"], log);
        Assert.Equal(Sec(1), took);
    }

    // A16
    [Fact]
    public void Body_Fails_ChildrenAreCancelledAndTheErrorIsInTheGroup() => Run(async () =>
    {
        LoopTask? child = null;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            child = group.Spawn(Forever);
            await EventLoop.Yield();
            throw new FormatException();
        }));
        Assert.IsType<FormatException>(Assert.Single(error.Errors));
        Assert.Equal(LoopTaskStatus.Cancelled, child!.Status);
    });

    [Fact]
    public void Body_ThrowsBeforeItsFirstAwait_IsTheSame() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group => throw new FormatException()));
        Assert.IsType<FormatException>(Assert.Single(error.Errors));
    });

    [Fact]
    public void Errors_OfSeveral_StandInTheOrderInWhichTheyHappened() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            for (int i = 3; i >= 1; i--)
            {
                int n = i;
                group.Spawn(async () =>
                {
                    try
                    {
                        await EventLoop.Delay(Sec(n));
                    }
                    finally
                    {
                        throw new FormatException($"{n}");
                    }
                });
            }
            return Task.CompletedTask;
        }));
        Assert.Equal("1", error.Errors[0].Message);
        Assert.Equal(3, error.Errors.Count);
        Assert.False(error.TryGetSingle<FormatException>(out _));
    });

    // A17
    [Fact]
    public void CancelledFromOutside_ChildrenEndFirst_AndTheCancellationGoesOn() => Run(async () =>
    {
        List<string> log = [];
        var scope = CancelScope.Enter();
        try
        {
            await TaskGroup.RunAsync(async group =>
            {
                group.Spawn(async () =>
                {
                    try
                    {
                        await Forever();
                    }
                    finally
                    {
                        using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(5));
                        log.Add("child");
                    }
                });
                await Settle();
                scope.Cancel("enough");
                await Forever();
            });
        }
        catch (OperationCanceledException error)
        {
            log.Add("raised");
            Says(error, "enough");
            Assert.Equal(scope.Token, error.CancellationToken);
        }
        scope.Dispose();
        Assert.Equal(["child", "raised"], log);
        Assert.Equal(Sec(5), EventLoop.Now);
    });

    // A25: a cancel from outside that comes while the group waits for its children is not lost.
    [Fact]
    public void CancelledFromOutside_DuringExitOfACancelledGroup_StillGoesOn() => Run(async () =>
    {
        using var scope = CancelScope.Enter();
        var error = await Raises<OperationCanceledException>(() => TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(2));
            });
            await Settle();
            group.Cancel();
            EventLoop.Current.CallLater(Sec(1), () => scope.Cancel("outside"));
        }));
        Says(error, "outside");
        Assert.Equal(Sec(2), EventLoop.Now);
    });
}
