namespace Simul.Tests.Loop;

public partial class RunTests
{
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
    public void Delay_OfGreenletsAndGenerators_NegativeOrOverflowing_Throws() => Run(async () =>
    {
        await Greenlet.RunAsync(() =>
        {
            Greenlet.Delay(Sec(1));
            Assert.Throws<ArgumentOutOfRangeException>(() => Greenlet.Delay(Sec(-2)));
            Assert.Throws<ArgumentOutOfRangeException>(() => Greenlet.Delay(TimeSpan.MaxValue));
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => Suspend.Delay(Sec(-2)));
        Assert.Throws<ArgumentOutOfRangeException>(() => Suspend.Delay(TimeSpan.MaxValue));
        Assert.Equal(0, EventLoop.Current.GetStatistics().CurrentTimers);
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

    // The object behind a wait serves the next one meanwhile: the first one's second await must not take what is not its own.
    [Fact]
    public void Await_TwiceWhenItsSourceServesAnother_ThrowsAndTakesNothing() => Run(async () =>
    {
        var gate = new AsyncLock();
        var hold = await gate.LockAsync();
        var first = gate.LockAsync();
        hold.Dispose();
        hold = await first;
        var second = gate.LockAsync();
        Says(await Raises<InvalidOperationException>(async () => await first), "twice");
        Says(await Raises<InvalidOperationException>(() => first.AsTask()), "twice");
        hold.Dispose();
        (await second).Dispose();
        Assert.False(gate.GetStatistics().IsHeld);
    });

    // A3, and DelayUntil: moments, unlike times from now, are all legal.
    [Fact]
    public void Moments_AtTheEndsOfTime_HavePassedOrNeverCome() => Run(async () =>
    {
        List<string> log = [];
        var loop = EventLoop.Current;
        await EventLoop.Delay(Sec(1));
        await EventLoop.DelayUntil(Sec(-1));
        await EventLoop.DelayUntil(TimeSpan.MinValue);
        Assert.Equal(Sec(1), EventLoop.Now);
        loop.CallAt(Sec(0.5), () => log.Add("past"));
        loop.CallAt(TimeSpan.MinValue, () => log.Add("long past"));
        loop.CallAt(TimeSpan.MaxValue, () => log.Add("never"));
        Assert.True(await CancelScope.MoveOnAfterAsync(TimeSpan.FromDays(1000), async () => await EventLoop.DelayUntil(TimeSpan.MaxValue)));
        Assert.Equal(["long past", "past"], log.Order());
    });

    [Fact]
    public void Wait_BehindTheEndOfTime_ThrowsAndLeavesNothingBehind() => Run(async () =>
    {
        await EventLoop.Delay(Sec(1));
        var task = EventLoop.Current.Spawn(() => EventLoop.Delay(Sec(1)).AsTask());
        Says(await Raises<ArgumentOutOfRangeException>(() => EventLoop.WaitAsync([task], timeout: TimeSpan.MaxValue)), "end of time");
        await task;
        Assert.Equal(0, EventLoop.Current.GetStatistics().CurrentTimers);
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
    [FifoOrder]
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

    // What was kept from a loop that is gone may be cancelled and left; nothing hears of it.
    [Fact]
    public void Cancel_AfterTheLoopEnded_IsSilent()
    {
        LoopTask task = null!;
        TaskGroup group = null!;
        CancelScope scope = null!;
        TimerHandle timer = null!;
        Run(async () =>
        {
            task = EventLoop.CurrentTask;
            await TaskGroup.RunAsync(g =>
            {
                group = g;
                return Task.CompletedTask;
            });
            scope = CancelScope.Enter();
            timer = EventLoop.Current.CallLater(Sec(1), () => throw new InvalidOperationException("called"));
        });
        CancelAll();
        Run(() =>
        {
            CancelAll();
            return Task.CompletedTask;
        });
        Assert.Equal(LoopTaskStatus.Succeeded, task.Status);

        void CancelAll()
        {
            task.Cancel();
            group.Cancel();
            scope.Cancel();
            scope.Dispose();
            timer.Cancel();
        }
    }
}
