namespace Simul.Tests.Tasks;

// What a group promises on a loop and on the thread pool alike, for children that take a token.
public abstract partial class GroupConformance
{
    private protected abstract void RunHere(Func<Task> body);

    private static TaskCompletionSource Signal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static Task Forever(CancellationToken token) => Task.Delay(Timeout.InfiniteTimeSpan, token);

    [Fact]
    public void Group_WaitsForEveryChild_AndGivesResults() => RunHere(async () =>
    {
        int ended = 0;
        int sum = await TaskGroup.RunAsync(async group =>
        {
            var children = Enumerable.Range(1, 10).Select(n => group.Spawn(async _ =>
            {
                await Task.Yield();
                Interlocked.Increment(ref ended);
                return n;
            })).ToList();
            return (await Task.WhenAll(children)).Sum();
        });
        Assert.Equal((55, 10), (sum, ended));
    });

    [Fact]
    public void ChildFails_CancelsSiblingsAndBody_OneErrorShape() => RunHere(async () =>
    {
        bool sibling = false;
        var began = Signal(); // cancelled before its first step, a child does not run
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            _ = group.Spawn(async token =>
            {
                began.SetResult();
                try
                {
                    await Forever(token);
                }
                finally
                {
                    sibling = token.IsCancellationRequested;
                }
            });
            _ = group.Spawn(async _ =>
            {
                await began.Task;
                throw new IOException("first");
            });
            await Forever(group.Token);
        }));
        Assert.True(sibling);
        Assert.True(error.TryGetSingle<IOException>(out _));
    });

    [Fact]
    public void BodyFails_CancelsTheChildren() => RunHere(async () =>
    {
        Task? child = null;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            child = group.Spawn(Forever);
            await Task.Yield();
            throw new IOException();
        }));
        Assert.True(child!.IsCanceled);
        Assert.IsType<IOException>(Assert.Single(error.Errors));
    });

    [Fact]
    public void Supervisor_LeavesSiblingsAlone_RaisesAllAtTheEnd() => RunHere(async () =>
    {
        int ended = 0;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(
            group =>
            {
                for (int i = 0; i < 4; i++)
                {
                    int n = i;
                    _ = group.Spawn(async _ =>
                    {
                        await Task.Yield();
                        Interlocked.Increment(ref ended);
                        if (n % 2 == 0) throw new IOException();
                    });
                }
                return Task.CompletedTask;
            },
            new TaskGroupOptions { Supervisor = true }));
        Assert.Equal((4, 2), (ended, error.Errors.Count));
    });

    [Fact]
    public void Cancel_EndsWithoutAnError_Idempotent() => RunHere(async () =>
    {
        Task? child = null, afterwards = null;
        await TaskGroup.RunAsync(async group =>
        {
            child = group.Spawn(Forever);
            group.Cancel();
            group.Cancel();
            Assert.True(group.IsCancelled);
            afterwards = group.Spawn(_ => throw new IOException("must not run"));
            await Forever(group.Token);
        });
        Assert.True(child!.IsCanceled);
        Assert.True(afterwards!.IsCanceled);
    });

    [Fact]
    public void Token_CancelsFromOutside_Raises() => RunHere(async () =>
    {
        using var outside = new CancellationTokenSource();
        Task? child = null;
        var error = await Raises<OperationCanceledException>(() => TaskGroup.RunAsync(
            async group =>
            {
                child = group.Spawn(Forever);
                await Task.Yield();
                outside.Cancel();
                await Forever(group.Token);
            },
            cancellationToken: outside.Token));
        Assert.True(child!.IsCanceled);
        Assert.Equal(outside.Token, error.CancellationToken);
    });

    // A17
    [Fact]
    public void Token_CancelledBefore_NoChildRuns() => RunHere(async () =>
    {
        bool ran = false;
        await Raises<OperationCanceledException>(() => TaskGroup.RunAsync(
            group =>
            {
                _ = group.Spawn(_ =>
                {
                    ran = true;
                    return Task.CompletedTask;
                });
                return Task.CompletedTask;
            },
            cancellationToken: new CancellationToken(true)));
        Assert.False(ran);
    });

    // C4: an OCE of something else's is a failure.
    [Fact]
    public void ChildThrowsForeignCancellation_Failed() => RunHere(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            _ = group.Spawn(async _ =>
            {
                await Task.Yield();
                throw new TaskCanceledException("somebody's own timeout");
            });
            return Task.CompletedTask;
        }));
        Assert.IsType<TaskCanceledException>(Assert.Single(error.Errors));
    });

    // A21, A22
    [Fact]
    public void Spawn_WhileClosing_IsWaitedFor_AfterTheEnd_Throws() => RunHere(async () =>
    {
        bool grandchild = false;
        TaskGroup? kept = null;
        await TaskGroup.RunAsync(group =>
        {
            kept = group;
            _ = group.Spawn(async token =>
            {
                await Task.Yield();
                _ = group.Spawn(async _ =>
                {
                    await Task.Yield();
                    grandchild = true;
                });
            });
            return Task.CompletedTask;
        });
        Assert.True(grandchild);
        Says(Assert.Throws<InvalidOperationException>(() => { _ = kept!.Spawn(_ => Task.CompletedTask); }), "has ended");
        Assert.Throws<InvalidOperationException>(() => { _ = kept!.SpawnBackground(_ => Task.CompletedTask); });
        Assert.Throws<InvalidOperationException>(() => kept!.Own(new MemoryStream()));
        kept!.Cancel();
    });

    [Fact]
    public void Background_IsCancelledWhenTheOthersHaveEnded() => RunHere(async () =>
    {
        Task? background = null;
        bool worked = false;
        await TaskGroup.RunAsync(group =>
        {
            background = group.SpawnBackground(Forever);
            _ = group.Spawn(async _ =>
            {
                await Task.Yield();
                worked = true;
            });
            return Task.CompletedTask;
        });
        Assert.True(worked);
        Assert.True(background!.IsCanceled);
    });

    [Fact]
    public void Own_DisposesLastGivenFirst_AfterTheChildren_ErrorsJoin() => RunHere(async () =>
    {
        List<string> log = [];
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            group.Own(new Resource(() => log.Add("first")));
            group.Own(new Resource(() => throw new IOException("second")));
            group.Own(new Resource(() => log.Add("third")));
            _ = group.Spawn(async _ =>
            {
                await Task.Yield();
                log.Add("child");
            });
            return Task.CompletedTask;
        }));
        Assert.Equal(["child", "third", "first"], log);
        Assert.True(error.TryGetSingle<IOException>(out _));
        await TaskGroup.RunAsync(group =>
        {
            Assert.Throws<ArgumentException>(() => group.Own("a string"));
            return Task.CompletedTask;
        });
    });

    // Nothing may outlive its group, so what is disposed at the end can't begin anything in it.
    [Fact]
    public void Spawn_WhileResourcesAreDisposed_Throws_AndIsTheGroupsError() => RunHere(async () =>
    {
        bool ran = false;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            group.Own(new Resource(() => group.Spawn(async token =>
            {
                ran = true;
                await Task.Yield();
            })));
            return Task.CompletedTask;
        }));
        Assert.True(error.TryGetSingle<InvalidOperationException>(out var refused));
        Says(refused, "has ended");
        Assert.False(ran);
    });

    [Fact]
    public void Own_WhileResourcesAreDisposed_Throws() => RunHere(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            group.Own(new Resource(() => group.Own(new MemoryStream())));
            return Task.CompletedTask;
        }));
        Assert.True(error.TryGetSingle<InvalidOperationException>(out var refused));
        Says(refused, "has ended");
    });

    [Fact]
    public void Body_ReturnsNoTask_SaysSo() => RunHere(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(_ => null!));
        Assert.True(error.TryGetSingle<InvalidOperationException>(out var wrong));
        Says(wrong, "returned no task");
        Says(await Raises<InvalidOperationException>(() => CancelScope.MoveOnAfterAsync(Sec(1), (CancellationToken _) => null!)), "returned no task");
    });

    [Fact]
    public void Body_AwaitsAChildThatFails_OneErrorStaysOne() => RunHere(async () =>
    {
        foreach (bool supervisor in (bool[])[false, true])
        {
            var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(
                async group => await group.Spawn(async _ =>
                {
                    await Task.Yield();
                    throw new IOException("once");
                }),
                new TaskGroupOptions { Supervisor = supervisor }));
            Assert.True(error.TryGetSingle<IOException>(out _), error.ToString());
        }
    });

    // A62: a cancellation that nobody heard is dropped when the group is left.
    [Fact]
    public void Token_CancelledBefore_BodyHearsNothing_NoChildren_Returns() => RunHere(async () =>
    {
        int result = await TaskGroup.RunAsync(_ => Task.FromResult(7), cancellationToken: new CancellationToken(canceled: true));
        Assert.Equal(7, result);
    });

    [Fact]
    public void Start_ReturnsWhatTheChildSays_AndTheChildGoesOn() => RunHere(async () =>
    {
        bool served = false;
        await TaskGroup.RunAsync(async group =>
        {
            int port = await group.StartAsync<int>(async (started, token) =>
            {
                await Task.Yield();
                started.SetReady(8080);
                Assert.Throws<InvalidOperationException>(() => started.SetReady(8081));
                await Task.Yield();
                served = !token.IsCancellationRequested;
            }, "server");
            Assert.Equal(8080, port);
        });
        Assert.True(served);
    });

    [Fact]
    public void Start_ChildFailsBefore_TheStarterHearsIt_NotTheGroup() => RunHere(() => TaskGroup.RunAsync(async group =>
    {
        Says(await Raises<IOException>(() => group.StartAsync<int>(async (_, _) =>
        {
            await Task.Yield();
            throw new IOException("port in use");
        })), "port in use");
        Says(await Raises<InvalidOperationException>(() => group.StartAsync<int>(async (_, _) => await Task.Yield())), "SetReady");
        Assert.False(group.IsCancelled);
    }));

    [Fact]
    public void Start_ChildFailsAfterwards_FailsTheGroup() => RunHere(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group => group.StartAsync<int>(async (started, _) =>
        {
            started.SetReady(1);
            await Task.Yield();
            throw new IOException("lost");
        })));
        Assert.True(error.TryGetSingle<IOException>(out _));
    });

    [Fact]
    public void Start_GroupCancelled_EndsTheStarter() => RunHere(() => TaskGroup.RunAsync(async group =>
    {
        var starter = group.StartAsync<int>(async (_, token) => await Forever(token));
        group.Cancel();
        await Raises<OperationCanceledException>(() => starter);
        await Raises<OperationCanceledException>(() => group.StartAsync<int>((_, _) => throw new IOException("must not run")));
    }));

    [Fact]
    public void Race_TheFirstSuccessWins_TheOthersAreCancelledAndAwaited() => RunHere(async () =>
    {
        bool slow = false;
        var began = Signal();
        string winner = await TaskGroup.RaceAsync(
            async _ =>
            {
                await Task.Yield();
                throw new IOException("a failure does not win");
            },
            async _ =>
            {
                await began.Task;
                return "fast";
            },
            async token =>
            {
                began.SetResult();
                try
                {
                    await Forever(token);
                }
                finally
                {
                    slow = true;
                }
                return "slow";
            });
        Assert.Equal(("fast", true), (winner, slow));
    });

    [Fact]
    public void Race_AllFail_RaisesEveryError() => RunHere(async () =>
    {
        Func<CancellationToken, Task<int>> failing = async _ =>
        {
            await Task.Yield();
            throw new IOException();
        };
        var error = await Raises<TaskGroupException>(() => TaskGroup.RaceAsync(failing, failing));
        Assert.Equal(2, error.Errors.Count);
        Says(await Raises<InvalidOperationException>(() => TaskGroup.RaceAsync<int>(_ => Task.CompletedTask)), "Nobody");
    });

    [Fact]
    public void Race_ALateResult_IsDisposed() => RunHere(async () =>
    {
        int disposed = 0;
        var began = Signal();
        var won = Signal();
        Resource first = await TaskGroup.RaceAsync<Resource>(race =>
        {
            _ = race.Spawn(async _ =>
            {
                await began.Task;
                return new Resource(() => disposed += 10);
            });
            _ = race.Spawn(async token =>
            {
                began.SetResult();
                token.UnsafeRegister(_ => won.TrySetResult(), null);
                await won.Task; // it has lost by then, and goes on to the end all the same
                return new Resource(() => disposed++);
            });
            return Task.CompletedTask;
        });
        Assert.Equal(1, disposed);
        await first.DisposeAsync();
    });

    [Fact]
    public void Nested_InnerErrorsReachTheOuterNested() => RunHere(async () =>
    {
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(outer =>
        {
            _ = outer.Spawn(token => TaskGroup.RunAsync(inner =>
            {
                _ = inner.Spawn(async _ =>
                {
                    await Task.Yield();
                    throw new IOException();
                });
                return Task.CompletedTask;
            }));
            return Task.CompletedTask;
        }));
        Assert.IsType<TaskGroupException>(Assert.Single(error.Errors));
        Assert.True(error.TryGetSingle<IOException>(out _));
    });

    [Fact]
    public void Timeouts_MoveOnAndFail() => RunHere(async () =>
    {
        Assert.True(await CancelScope.MoveOnAfterAsync(TimeSpan.Zero, Forever));
        Assert.True(await CancelScope.MoveOnAfterAsync(TimeSpan.FromMilliseconds(5), Forever));
        Assert.False(await CancelScope.MoveOnAfterAsync(Sec(1000), async _ => await Task.Yield()));
        await Raises<TimeoutException>(() => CancelScope.TimeoutAfterAsync(TimeSpan.FromMilliseconds(5), Forever));
        Assert.Equal(7, await CancelScope.TimeoutAfterAsync(Sec(1000), async _ =>
        {
            await Task.Yield();
            return 7;
        }));
        await Raises<IOException>(() => CancelScope.TimeoutAfterAsync(Sec(1000), _ => throw new IOException()));
        await Raises<OperationCanceledException>(() => CancelScope.MoveOnAfterAsync(Sec(1000), _ => throw new OperationCanceledException()));
    });

    private sealed class Resource(Action dispose) : IAsyncDisposable
    {
        public async ValueTask DisposeAsync()
        {
            await Task.Yield();
            dispose();
        }
    }
}

public sealed class LoopGroupTests : GroupConformance
{
    private protected override void RunHere(Func<Task> body) => Run(body);
}

public sealed class PoolGroupTests : GroupConformance
{
    private protected override void RunHere(Func<Task> body) => OnThread(() => Task.Run(body).WaitAsync(Sec(100)).GetAwaiter().GetResult());

    [Fact]
    public void Spawn_WithoutAToken_NamesTheFormThatHasOne() => RunHere(() => TaskGroup.RunAsync(group =>
    {
        Says(Assert.Throws<LoopAffinityException>(() => { group.Spawn(() => Task.CompletedTask); }), "async token");
        return Task.CompletedTask;
    }));

    [Fact]
    public void WhatNeedsALoop_SaysSo() => RunHere(async () =>
    {
        await Raises<LoopAffinityException>(() => CancelScope.RunAsync(_ => Task.CompletedTask));
        await Raises<LoopAffinityException>(() => CancelScope.ShieldAsync(() => Task.CompletedTask));
        await Raises<LoopAffinityException>(() => CancelScope.MoveOnAfterAsync(Sec(1), () => Task.CompletedTask));
        await Raises<LoopAffinityException>(() => CancelScope.TimeoutAfterAsync(Sec(1), () => Task.CompletedTask));
        Says(await Raises<LoopAffinityException>(() => TaskGroup.RaceAsync(() => Task.FromResult(1))), "async token");
        await TaskGroup.RunAsync(async group =>
        {
            Assert.Throws<LoopAffinityException>(() => { group.StartNow(() => Task.CompletedTask); });
            Assert.Throws<LoopAffinityException>(() => { group.SpawnBackground(() => Task.CompletedTask); });
            Says(await Raises<LoopAffinityException>(() => group.StartAsync<int>(_ => Task.CompletedTask)), "(started, token)");
        });
    });

    [Fact]
    public void Sequence_WithoutAToken_NamesTheFormThatHasOne() => RunHere(() => TaskGroup.RunAsync(group =>
    {
        Says(Assert.Throws<LoopAffinityException>(() => { group.SpawnSequence(() => AsyncEnumerable.Empty<int>()); }), "SpawnSequence(token");
        return Task.CompletedTask;
    }));

    [Fact]
    public void Sequence_ReadOnAnotherThread_IsLegal() => RunHere(() => TaskGroup.RunAsync(async group =>
    {
        var items = group.SpawnSequence(_ => AsyncEnumerable.Range(0, 100), capacity: 4);
        Assert.Equal(100, await Task.Run(async () => await items.CountAsync()));
    }));

    [Fact]
    public void Children_RunInParallel() => RunHere(async () =>
    {
        using var barrier = new Barrier(2);
        await TaskGroup.RunAsync(async group =>
        {
            var both = Enumerable.Range(0, 2).Select(_ => group.Spawn(token => Task.FromResult(barrier.SignalAndWait(Sec(60), token)))).ToList();
            Assert.All(await Task.WhenAll(both), Assert.True);
        });
    });

    // Many groups at once, children failing, cancelling, spawning: each group ends, with all its children ended.
    [Fact]
    public void Stress_NothingOutlivesItsGroup() => RunHere(async () =>
    {
        for (int seed = 0; seed < 300; seed++)
        {
            var random = new Random(seed);
            int alive = 0;
            async Task Child(TaskGroup group, int depth, int what, CancellationToken token)
            {
                Interlocked.Increment(ref alive);
                try
                {
                    await Task.Yield();
                    switch (what % 6)
                    {
                        case 0 when depth < 3:
                            for (int i = 1; i <= 3; i++)
                            {
                                int next = what + i;
                                _ = group.Spawn(t => Child(group, depth + 1, next, t));
                            }
                            break;
                        case 1:
                            throw new IOException();
                        case 2:
                            group.Cancel();
                            break;
                        case 3:
                            await Task.Delay(1, token);
                            break;
                    }
                }
                finally
                {
                    Interlocked.Decrement(ref alive);
                }
            }
            try
            {
                await TaskGroup.RunAsync(group =>
                {
                    for (int i = 0; i < 5; i++)
                    {
                        int what = random.Next(100);
                        if (random.Next(3) == 0) _ = group.SpawnBackground(t => Child(group, 0, what, t));
                        else _ = group.Spawn(t => Child(group, 0, what, t));
                    }
                    return Task.CompletedTask;
                });
            }
            catch (TaskGroupException)
            {
                // Some seeds fail; that is not what is asked here.
            }
            Assert.True(Volatile.Read(ref alive) == 0, $"seed {seed}: {alive} children outlived their group");
        }
    });
}
