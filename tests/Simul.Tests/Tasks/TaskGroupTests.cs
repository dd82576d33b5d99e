namespace Simul.Tests.Tasks;

public class TaskGroupTests
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
                await EventLoop.Yield();
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
            await EventLoop.Yield();
            group.Cancel();
            EventLoop.Current.CallLater(Sec(1), () => scope.Cancel("outside"));
        }));
        Says(error, "outside");
        Assert.Equal(Sec(2), EventLoop.Now);
    });

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

    // A36
    [Fact]
    public void Supervisor_ChildFails_OthersGoOnAndTheErrorComesAtTheEnd() => Run(async () =>
    {
        bool other = false;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            group.Spawn(() => throw new FormatException());
            group.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(1));
                other = true;
            });
            return Task.CompletedTask;
        }, new TaskGroupOptions { Supervisor = true }));
        Assert.True(other);
        Assert.IsType<FormatException>(Assert.Single(error.Errors));
    });

    // A36
    [Fact]
    public void Supervisor_BodyFails_CancelsTheChildren() => Run(async () =>
    {
        LoopTask? child = null;
        await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            child = group.Spawn(Forever);
            await EventLoop.Yield();
            throw new FormatException();
        }, new TaskGroupOptions { Supervisor = true }));
        Assert.Equal(LoopTaskStatus.Cancelled, child!.Status);
    });

    // A37, A57
    [Fact]
    public void Child_CancelledBeforeItsFirstStep_NeverRuns() => Run(async () =>
    {
        bool ran = false;
        LoopTask? child = null;
        await TaskGroup.RunAsync(group =>
        {
            child = group.Spawn(() =>
            {
                ran = true;
                return Task.CompletedTask;
            });
            child.Cancel();
            Assert.Equal(LoopTaskStatus.Scheduled, child.Status);
            return Task.CompletedTask;
        });
        Assert.False(ran);
        Assert.Equal(LoopTaskStatus.Cancelled, child!.Status);
    });

    // C4: an OperationCanceledException of somebody else's is a failure.
    [Fact]
    public void Child_EndsWithAForeignCancellation_HasFailedWithThatVeryException() => Run(async () =>
    {
        var original = new TaskCanceledException("the request timed out", new TimeoutException("100 s"));
        LoopTask? child = null;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            child = group.Spawn(async () =>
            {
                await EventLoop.Yield();
                throw original;
            });
            return Task.CompletedTask;
        }));
        Assert.Equal(LoopTaskStatus.Failed, child!.Status);
        Assert.Same(original, Assert.Single(error.Errors));
    });

    // C4
    [Fact]
    public void Body_EndsWithAForeignCancellation_IsAnError() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            await EventLoop.Yield();
            throw new OperationCanceledException("foreign");
        }));
        Assert.Equal("foreign", Assert.Single(error.Errors).Message);
    });

    // A56 does not hold, on purpose: level-triggered. A task that swallows its cancellation and returns has succeeded.
    [Fact]
    public void Child_SwallowsItsCancellation_HasSucceeded() => Run(async () =>
    {
        LoopTask<int>? child = null;
        await TaskGroup.RunAsync(async group =>
        {
            child = group.Spawn(async () =>
            {
                try
                {
                    await Forever();
                }
                catch (OperationCanceledException)
                {
                }
                return 9;
            });
            await EventLoop.Yield();
            child.Cancel();
        });
        Assert.Equal(9, child!.Result);
    });

    // A12
    [Fact]
    public void StartNow_RunsToTheFirstWaitAsTheChild() => Run(() => TaskGroup.RunAsync(async group =>
    {
        var parent = EventLoop.CurrentTask;
        LoopTask? inside = null;
        bool went = false;
        var child = group.StartNow(async () =>
        {
            inside = EventLoop.CurrentTask;
            await EventLoop.Yield();
            went = true;
        }, "eager");
        Assert.Same(child, inside);
        Assert.Same(parent, EventLoop.CurrentTask);
        Assert.False(went);
        var done = group.StartNow(() => Task.CompletedTask);
        Assert.True(done.IsCompleted);
        done.Cancel();
        Assert.Equal(LoopTaskStatus.Succeeded, done.Status);
        var failed = await Raises<FormatException>(async () => await EventLoop.Current.StartNow(() => throw new FormatException()));
        Assert.NotNull(failed);
        await child;
        Assert.True(went);
    }), o => o with { UnhandledError = _ => { } });

    // A12
    [Fact]
    public void StartNow_ContextChanges_DoNotLeakToTheCreator() => Run(() => TaskGroup.RunAsync(group =>
    {
        var local = new AsyncLocal<int> { Value = 1 };
        group.StartNow(() =>
        {
            local.Value = 2;
            return Task.CompletedTask;
        });
        Assert.Equal(1, local.Value);
        return Task.CompletedTask;
    }));

    // L12
    [Fact]
    public void Spawn_CapturesTheContextOfItsMoment() => Run(async () =>
    {
        var local = new AsyncLocal<int> { Value = 1 };
        int seen = 0;
        await TaskGroup.RunAsync(group =>
        {
            group.Spawn(async () =>
            {
                await EventLoop.Yield();
                seen = local.Value;
                local.Value = 99;
            });
            local.Value = 2;
            return Task.CompletedTask;
        });
        Assert.Equal(1, seen);
        Assert.Equal(1, local.Value);
    });

    [Fact]
    public void Spawn_WithState_PassesIt() => Run(async () =>
    {
        List<int> seen = [];
        await TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < 3; i++)
            {
                group.Spawn(static async (x) =>
                {
                    await EventLoop.Yield();
                    x.Item1.Add(x.Item2);
                }, (seen, i));
            }
            return Task.CompletedTask;
        });
        Assert.Equal([0, 1, 2], seen);
    });

    // The error of a task whose body fails in several ways at once is not cut down to one.
    [Fact]
    public void Child_EndsWithManyErrors_KeepsThemAll() => Run(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            group.Spawn(() => Task.WhenAll(Task.FromException(new FormatException()), Task.FromException(new IOException())));
            return Task.CompletedTask;
        }));
        Assert.Equal(2, Assert.IsType<AggregateException>(Assert.Single(error.Errors)).InnerExceptions.Count);
    });
}
