namespace Simul.Tests.Tasks;

public partial class TaskGroupTests
{
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

    // A36
    [Fact]
    public void Supervisor_CancelledFromOutside_CancelsTheChildren() => Run(async () =>
    {
        LoopTask? one = null, other = null;
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), () => TaskGroup.RunAsync(group =>
        {
            one = group.Spawn(Forever);
            other = group.Spawn(Forever);
            return Task.CompletedTask;
        }, new TaskGroupOptions { Supervisor = true })));
        Assert.Equal((LoopTaskStatus.Cancelled, LoopTaskStatus.Cancelled), (one!.Status, other!.Status));
        Assert.Equal(Sec(1), EventLoop.Now);
    });

    // A43: one that was cancelled counts until it has ended.
    [Fact]
    public void CurrentChildren_AfterTheCancel_CountThoseThatHaveNotEnded() => Run(() => TaskGroup.RunAsync(async group =>
    {
        group.Spawn(async () =>
        {
            using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(5));
        });
        group.Spawn(Forever);
        await Settle();
        group.Cancel();
        Assert.Equal(2, group.CurrentChildren);
        using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(1));
        Assert.Equal(1, group.CurrentChildren);
    }));

    // A44: its end takes two, that nobody is left and that the body has ended.
    [Fact]
    public void Group_Empty_StaysOpenWhileItsBodyLives() => Run(() => TaskGroup.RunAsync(async group =>
    {
        await group.Spawn(() => Task.CompletedTask);
        await EventLoop.Delay(Sec(1));
        Assert.Equal(0, group.CurrentChildren);
        await group.Spawn(() => EventLoop.Delay(Sec(1)).AsTask());
        Assert.Equal(Sec(2), EventLoop.Now);
    }));

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
            await Settle();
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
        Assert.Equal([0, 1, 2], seen.Order());
    });

    [Fact]
    public void Spawn_WithStateAndAResult_PassesOneAndGivesTheOther() => Run(async () =>
    {
        static async Task<int> Square(int n)
        {
            await EventLoop.Delay(Sec(10 - n));
            return n * n;
        }
        var ofTheLoop = EventLoop.Current.Spawn(Square, 5, "five");
        await TaskGroup.RunAsync(async group =>
        {
            LoopTask<int> child = group.Spawn(static n => Square(n), 3);
            Assert.Equal(9, await child);
            Assert.Equal(9, child.Result);
        });
        Assert.Equal("five", ofTheLoop.Name);
        Assert.Equal(25, await ofTheLoop);
    });

    [Fact]
    public void Spawn_WithStateAndAResult_FailsAsAnyChild() => Run(async () =>
    {
        LoopTask<string>? child = null;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            child = group.Spawn(static async Task<string> (text) =>
            {
                await EventLoop.Yield();
                throw new FormatException(text);
            }, "no such dish");
            return Task.CompletedTask;
        }));
        Assert.True(error.TryGetSingle<FormatException>(out var wrong));
        Assert.Equal("no such dish", wrong.Message);
        Assert.Equal(LoopTaskStatus.Failed, child!.Status);
        Assert.Throws<InvalidOperationException>(() => child.Result);
    });

    // Whatever the order in which they end.
    [Fact]
    public void Results_OfChildrenKeptInAList_StandInSpawnOrder() => Run(async () =>
    {
        int[] results = await TaskGroup.RunAsync(async group =>
        {
            var children = Enumerable.Range(1, 5).Select(n => group.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(n * 7 % 5));
                return n;
            })).ToList();
            return await EventLoop.GatherAsync(children);
        });
        Assert.Equal([1, 2, 3, 4, 5], results);
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

    // The group gives its turn away once before it ends; whoever spawns into it then is waited for.
    [Fact]
    public void Spawn_WhileAnEmptyGroupYields_IsWaitedFor() => Run(() => TaskGroup.RunAsync(async outer =>
    {
        TaskGroup? group = null;
        int spawned = 0, ended = 0;
        _ = outer.Spawn(async () =>
        {
            while (group is null) await EventLoop.Yield();
            try
            {
                group.Spawn(async () =>
                {
                    await EventLoop.Delay(Sec(1));
                    ended++;
                });
                spawned++;
            }
            catch (InvalidOperationException)
            {
                // In some orders of turns it comes too late.
            }
        });
        await EventLoop.Yield();
        await TaskGroup.RunAsync(inner =>
        {
            group = inner;
            return Task.CompletedTask;
        });
        Assert.Equal(spawned, ended);
    }));
}
