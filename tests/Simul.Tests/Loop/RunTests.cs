namespace Simul.Tests.Loop;

public class RunTests
{
    [Fact]
    public void Run_Result_IsReturned() => Assert.Equal(7, OnThread(() => EventLoop.Run(async () =>
    {
        await EventLoop.Yield();
        return 7;
    })));

    [Fact]
    public void Run_MainFails_ThrowsItsException() =>
        Assert.Throws<FormatException>(() => Run(async () =>
        {
            await EventLoop.Yield();
            throw new FormatException();
        }));

    [Fact]
    public void Run_Nested_Throws() => Run(() =>
    {
        Says(Assert.Throws<InvalidOperationException>(() => EventLoop.Run(() => Task.CompletedTask)), "already", "do not nest");
        return Task.CompletedTask;
    });

    [Fact]
    public void Run_NullBody_Throws() => Assert.Throws<ArgumentNullException>(() => EventLoop.Run(null!));

    [Fact]
    public void Run_BodyReturnsNoTask_SaysSo() =>
        Says(Assert.Throws<InvalidOperationException>(() => Run(() => null!)), "returned no task");

    [Fact]
    public void Run_CancelledBeforeTheStart_NeverRunsTheBody()
    {
        bool ran = false;
        OnThread(() => Assert.ThrowsAny<OperationCanceledException>(() => EventLoop.Run(() =>
        {
            ran = true;
            return Task.CompletedTask;
        }, Options(), new CancellationToken(true))));
        Assert.False(ran);
    }

    [Fact]
    public void Run_TokenCancelledFromAnotherThread_CancelsMain()
    {
        using var source = new CancellationTokenSource();
        var error = OnThread(() => Assert.ThrowsAny<OperationCanceledException>(() => EventLoop.Run(async () =>
        {
            _ = Task.Run(source.Cancel);
            await EventLoop.Delay(Timeout.InfiniteTimeSpan); // a server's wait for its end: no stall
        }, Options(), source.Token)));
        Says(error, "token");
    }

    [Fact]
    public void Stall_OfTasksThatWaitForEachOther_IsFoundThoughATokenCouldCancel()
    {
        using var source = new CancellationTokenSource();
        OnThread(() => Assert.Throws<LoopStalledException>(() => EventLoop.Run(async () => await new Future<int>(), Options(), source.Token)));
    }

    [Fact]
    public void Run_ContextOfTheCaller_IsRestored() => OnThread(() =>
    {
        var context = new SynchronizationContext();
        SynchronizationContext.SetSynchronizationContext(context);
        EventLoop.Run(async () => await EventLoop.Yield());
        Assert.Same(context, SynchronizationContext.Current);
        Assert.Null(EventLoop.CurrentOrNull);
    });

    [Fact]
    public void Run_MainEnds_TheRestIsCancelledAndAwaited()
    {
        string trace = Trace(log =>
        {
            EventLoop.Current.Spawn(async () =>
            {
                try
                {
                    await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    log.Add("unwinding");
                    using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(3));
                    log.Add("unwound");
                }
            });
            return EventLoop.Yield().AsTask();
        });
        Assert.Equal("unwinding unwound", trace);
    }

    [Fact]
    public void Run_LeftOverTaskFailsDuringShutdown_TheErrorComesOut() =>
        Assert.Throws<FormatException>(() => Run(async () =>
        {
            EventLoop.Current.Spawn(async () =>
            {
                try
                {
                    await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    throw new FormatException();
                }
            });
            await EventLoop.Yield();
        }));

    [Fact]
    public void Run_AsyncVoidStillRunning_IsAwaited()
    {
        bool ended = false;
        var took = Run(() =>
        {
            Void();
            return Task.CompletedTask;
            async void Void()
            {
                await Task.Delay(Sec(2), EventLoop.Current.TimeProvider);
                ended = true;
            }
        });
        Assert.True(ended);
        Assert.Equal(Sec(2), took);
    }

    [Fact]
    public void Run_AsyncVoidThrows_EndsWithIt() => Assert.Throws<FormatException>(() => Run(async () =>
    {
        Void();
        await EventLoop.Delay(Timeout.InfiniteTimeSpan);
        static async void Void()
        {
            await EventLoop.Delay(Sec(1));
            throw new FormatException();
        }
    }));

    [Fact]
    public void Run_AsyncVoidOnThePool_IsAwaitedAndItsFailureHandled()
    {
        List<Exception> seen = [];
        Run(() =>
        {
            Void();
            return Task.CompletedTask;
            static async void Void()
            {
                await Task.Yield();
                await Task.Run(() => { }).ConfigureAwait(false);
                throw new FormatException();
            }
        }, o => o with { UnhandledError = seen.Add });
        Assert.IsType<FormatException>(Assert.Single(seen));
    }

    [Fact]
    public void SpawnedIntoTheLoop_FailsUnawaited_CancelsMainAndComesOut() => Assert.Throws<FormatException>(() => Run(async () =>
    {
        EventLoop.Current.Spawn(() => throw new FormatException());
        await EventLoop.Delay(Timeout.InfiniteTimeSpan);
    }));

    // A8
    [Fact]
    public void SubmitAsync_FromAnotherThread_GivesResultErrorAndCancellation() => Run(async () =>
    {
        var loop = EventLoop.Current;
        using var hold = loop.HoldOpen();
        await Task.Run(() =>
        {
            Assert.Equal(5, loop.SubmitAsync(async () =>
            {
                await EventLoop.Delay(Sec(1));
                return 5;
            }).Result);
            var failed = loop.SubmitAsync(() => throw new FormatException());
            Assert.IsType<FormatException>(Assert.Throws<AggregateException>(failed.Wait).InnerException);
            using var source = new CancellationTokenSource();
            bool ended = false;
            var cancelled = loop.SubmitAsync(async () =>
            {
                source.Cancel();
                try
                {
                    await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    ended = true;
                }
            }, source.Token);
            Assert.IsAssignableFrom<OperationCanceledException>(Assert.Throws<AggregateException>(cancelled.Wait).InnerException);
            Assert.True(cancelled.IsCanceled);
            Assert.True(ended);
            bool ran = false;
            var never = loop.SubmitAsync(() =>
            {
                ran = true;
                return Task.CompletedTask;
            }, new CancellationToken(true));
            Assert.Throws<AggregateException>(never.Wait);
            Assert.True(never.IsCanceled && !ran);
        });
    });

    // A7: entry points on the wrong thread.
    [Fact]
    public void LoopMembers_FromAnotherThread_ThrowAffinityWithAWayOut() => Run(async () =>
    {
        var loop = EventLoop.Current;
        var gate = new AsyncLock("gate");
        using (await gate.LockAsync())
        {
            await Task.Run(() =>
            {
                Says(Assert.Throws<LoopAffinityException>(() => loop.CallSoon(() => { })), "Post", "SubmitAsync");
                Assert.Throws<LoopAffinityException>(() => loop.Spawn(() => Task.CompletedTask));
                Assert.Throws<LoopAffinityException>(() => loop.GetTaskTree());
                Says(Assert.Throws<LoopAffinityException>(() => EventLoop.Current), "EventLoop.Run");
                Assert.Throws<LoopAffinityException>(() => EventLoop.Now);
                Says(Assert.Throws<LoopAffinityException>(() => { _ = EventLoop.Delay(Sec(1)); }), "Task.Delay");
                Says(Assert.Throws<LoopAffinityException>(() => { _ = gate.LockAsync(); }), "SemaphoreSlim");
                Assert.Throws<LoopAffinityException>(() => CancelScope.Enter());
                Assert.Throws<LoopAffinityException>(() => new Future<int>());
                Assert.Null(EventLoop.CurrentOrNull);
            });
        }
    });

    [Fact]
    public void Delay_NegativeOrOverflowing_Throws() => Run(async () =>
    {
        await EventLoop.Delay(Sec(1));
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => { _ = EventLoop.Delay(Sec(-2)); }), "negative", "InfiniteTimeSpan");
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => { _ = EventLoop.Delay(TimeSpan.MaxValue); }), "end of time");
    });

    [Fact]
    public void Await_Twice_Throws() => Run(async () =>
    {
        var wait = EventLoop.Delay(Sec(1));
        await wait;
        var error = await Raises<InvalidOperationException>(async () => await wait);
        Says(error, "twice", "AsTask");
        var pending = EventLoop.Delay(Sec(1));
        Says(Assert.Throws<InvalidOperationException>(() => pending.GetAwaiter().GetResult()), "not ended");
        var first = pending.AsTask();
        Says(await Raises<InvalidOperationException>(async () => await pending), "twice");
        await first;
    });

    [Fact]
    public void Stall_NobodyWillSetTheFuture_ThrowsNamingTheTasks()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(async () =>
        {
            var gate = new AsyncLock("the gate");
            using var hold = await gate.LockAsync();
            await TaskGroup.RunAsync(async group =>
            {
                group.Spawn(async () => (await gate.LockAsync()).Dispose(), "stuck one");
                await new Future<int>();
            });
        }));
        Says(error, "stalled", "stuck one", "the gate", "main", "HoldOpen");
        Assert.Contains("held by Task 'main'", error.Tree.ToString());
    }

    [Fact]
    public void Stall_InAShieldThatHearsNoCancel_EndsAllTheSame() =>
        Assert.Throws<LoopStalledException>(() => Run(async () =>
        {
            using var scope = CancelScope.Enter(shield: true);
            await new Future<int>();
        }));

    [Fact]
    public void HoldOpen_AnotherThreadPosts_IsNoStall() => Run(async () =>
    {
        var future = new Future<int>();
        var hold = EventLoop.Current.HoldOpen();
        new Thread(() =>
        {
            future.SetResult(3);
            hold.Dispose();
            hold.Dispose();
        }).Start();
        Assert.Equal(3, await future);
    });

    [Fact]
    public void HoldOpen_Released_TheStallIsFound() => Assert.Throws<LoopStalledException>(() => Run(async () =>
    {
        var hold = EventLoop.Current.HoldOpen();
        new Thread(() => hold.Dispose()).Start();
        await new Future<int>();
    }));

    [Fact]
    public void GetTaskTree_ShowsWhoWaitsForWhat() => Run(async () =>
    {
        var gate = new AsyncLock("table");
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                using (await gate.LockAsync()) await EventLoop.Delay(Sec(1));
            }, "first");
            group.Spawn(async () => (await gate.LockAsync()).Dispose(), "second");
            await EventLoop.Yield();
            string tree = EventLoop.Current.GetTaskTree().ToString();
            Assert.Contains("first: Running, waits for a delay", tree);
            Assert.Contains("second: Running, waits for the lock 'table', held by Task 'first'", tree);
        });
        Assert.Empty(EventLoop.Current.GetTaskTree().Children.Single().Children);
    });

    // A94
    [Fact]
    public void WaitAllBlocked_ComesBeforeTheClockJumps() => Run(async () =>
    {
        List<string> log = [];
        EventLoop.Current.CallLater(Sec(1), () => log.Add("timer"));
        for (int i = 0; i < 3; i++) EventLoop.Current.CallSoon(() => log.Add("soon"));
        await EventLoop.WaitAllBlockedAsync();
        Assert.Equal(["soon", "soon", "soon"], log);
        Assert.Equal(TimeSpan.Zero, EventLoop.Now);
    });
}
