namespace Simul.Tests.Loop;

// L4, L4b, L6: what comes from and goes to other threads.
public class ForeignWorkTests
{
    private static Task OnThePool() => Task.Run(() => { });

    // L4
    [Fact]
    public void MainThatEndsOnThePool_TheLoopWaitsForIt()
    {
        bool end = false;
        Run(async () =>
        {
            await Task.Yield();
            await OnThePool().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            end = true;
        });
        Assert.True(end);
    }

    // L4b
    [Fact]
    public void LoopTimer_WithoutAContext_ContinuesOnTheLoopAndMayWaitLockAndSpawn() => Run(async () =>
    {
        var loop = EventLoop.Current;
        int thread = Environment.CurrentManagedThreadId;
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            var gate = new AsyncLock();
            group.Spawn(async () =>
            {
                var me = EventLoop.CurrentTask;
                await Library();
                Assert.Same(me, SynchronizationContext.Current);

                async Task Library()
                {
                    await Task.Delay(Sec(5), loop.TimeProvider).ConfigureAwait(false);
                    Assert.Null(SynchronizationContext.Current);
                    Assert.Equal(thread, Environment.CurrentManagedThreadId);
                    Assert.Same(loop, EventLoop.Current);
                    using (await gate.LockAsync()) await EventLoop.Delay(Sec(1));
                    var spawned = loop.Spawn(async () =>
                    {
                        await EventLoop.Yield();
                        log.Add("spawned");
                    });
                    await spawned;
                    await EventLoop.Yield().ConfigureAwait(false);
                    Assert.Equal(thread, Environment.CurrentManagedThreadId);
                    log.Add("end");
                }
            });
            await EventLoop.Yield();
        });
        Assert.Equal(["spawned", "end"], log);
        Assert.Equal(Sec(6), EventLoop.Now);
        Assert.Equal(0, loop.GetStatistics().TotalInjected);
    });

    // L4b
    [Fact]
    public void LoopPrimitive_WithoutAContext_ContinuesOnTheLoop() => Run(async () =>
    {
        var gate = new AsyncLock();
        var hold = await gate.LockAsync();
        EventLoop.Current.CallLater(Sec(1), hold.Dispose);
        await Library();

        async Task Library()
        {
            using var mine = await gate.LockAsync().ConfigureAwait(false);
            Assert.Null(SynchronizationContext.Current);
            Assert.NotNull(EventLoop.CurrentOrNull);
            await EventLoop.Delay(Sec(1)).ConfigureAwait(false);
            Assert.Equal(Sec(2), EventLoop.Now);
        }
    });

    // L4b: giving back is legal from the pool, taking is not.
    [Fact]
    public void PoolStretch_GivesBackButTakesNothing() => Run(async () =>
    {
        var loop = EventLoop.Current;
        var gate = new AsyncLock();
        var permits = new AsyncSemaphore(0);
        var future = new Future<int>();
        var hold = await gate.LockAsync();
        Assert.True(permits.GetStatistics().CurrentPermits == 0);
        permits.TryWait(); // binds it to the loop
        var forever = loop.Spawn(() => EventLoop.Delay(Timeout.InfiniteTimeSpan).AsTask());
        var timer = loop.CallLater(Sec(1000), () => throw new InvalidOperationException("withdrawn"));
        await EventLoop.Yield();
        var clock = ClockMember.Current!.Clock;
        await Stretch();
        Assert.Equal(5, await future);
        await permits.WaitAsync();
        (await gate.LockAsync()).Dispose();
        await forever.WaitAsync();
        Assert.Equal(LoopTaskStatus.Cancelled, forever.Status);
        Assert.False(timer.IsPending);

        async Task Stretch()
        {
            using var busy = clock.Join("pool stretch"); // or the clock would jump to the timer meanwhile
            await OnThePool().ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            Assert.Null(EventLoop.CurrentOrNull);
            Assert.Throws<LoopAffinityException>(() => { _ = gate.LockAsync(); });
            Assert.Throws<LoopAffinityException>(() => { _ = EventLoop.Delay(Sec(1)); });
            hold.Dispose();
            permits.Release();
            future.SetResult(5);
            forever.Cancel("from the pool");
            timer.Cancel();
        }
    });

    // What is told to the log is lost with it at most; strays are not.
    [Fact]
    public void Stray_TheLogFails_RunsAllTheSame()
    {
        var release = new TaskCompletionSource();
        List<Task> strays = [];
        Run(async () => await EventLoop.Current.Spawn(() =>
        {
            for (int i = 0; i < 2; i++) strays.Add(Stray());
            return Task.CompletedTask;
        }), o => o with { Log = _ => throw new IOException("disk full") });
        release.SetResult();
        Assert.True(Task.WhenAll(strays).Wait(Sec(60)));

        async Task Stray() => await release.Task;
    }

    // L6: a stray comes back after the end: it runs on the pool, its finally block too, and is logged once with its task's name.
    [Fact]
    public void Stray_AfterTheEnd_RunsOnThePoolOneAtATime_AndIsLoggedOnce()
    {
        List<string> lines = [];
        var release = new TaskCompletionSource();
        List<Task> strays = [];
        int inside = 0, most = 0, ended = 0;
        Run(async () =>
        {
            await EventLoop.Current.Spawn(() =>
            {
                for (int i = 0; i < 20; i++) strays.Add(Stray());
                return Task.CompletedTask;
            }, "forgetful");
        }, o => o with { Name = "short loop", Log = lines.Add });
        release.SetResult();
        Assert.True(Task.WhenAll(strays).Wait(Sec(60)));
        Assert.Equal(20, ended);
        Assert.Equal(1, most);
        Says(new InvalidOperationException(Assert.Single(lines)), "forgetful", "short loop", "pool");

        async Task Stray()
        {
            try
            {
                await release.Task;
            }
            finally
            {
                most = Math.Max(most, Interlocked.Increment(ref inside));
                Assert.Null(SynchronizationContext.Current);
                Thread.Yield();
                Interlocked.Decrement(ref inside);
                Interlocked.Increment(ref ended);
            }
        }
    }

    [Fact]
    public void Post_ToAnEndedTask_RunsInTheNearestLiveAncestor() => Run(async () =>
    {
        SynchronizationContext? context = null;
        await TaskGroup.RunAsync(async group =>
        {
            var task = group.Spawn(() => Task.CompletedTask);
            await task;
            bool ran = false;
            task.Post(_ =>
            {
                ran = true;
                context = SynchronizationContext.Current;
            }, null);
            Assert.False(ran);
            await EventLoop.Yield();
            Assert.True(ran);
            Assert.IsType<GroupScope>(context);
        });
    });

    [Fact]
    public void Send_RunsInlineOnTheLoop_AndBlocksFromAnotherThread() => Run(async () =>
    {
        var context = SynchronizationContext.Current!;
        bool ran = false;
        context.Send(_ => ran = true, null);
        Assert.True(ran);
        using var hold = EventLoop.Current.HoldOpen();
        int loopThread = Environment.CurrentManagedThreadId, sentOn = 0;
        await Task.Run(() =>
        {
            context.Send(_ => sentOn = Environment.CurrentManagedThreadId, null);
            Assert.Equal(loopThread, sentOn);
            Assert.Throws<FormatException>(() => context.Send(_ => throw new FormatException(), null));
        });
        Assert.Same(context, context.CreateCopy());
    });

    [Fact]
    public void Send_AfterTheEnd_Throws()
    {
        SynchronizationContext context = null!;
        Run(() =>
        {
            context = SynchronizationContext.Current!;
            return Task.CompletedTask;
        });
        Assert.Throws<EventLoopClosedException>(() => context.Send(_ => { }, null));
    }

    // A9
    [Fact]
    public void ForeignWork_ThatEndsAfterTheLoop_DisturbsNobody()
    {
        using var gate = new ManualResetEventSlim();
        Task work = Task.CompletedTask;
        Run(async () =>
        {
            work = Task.Run(gate.Wait);
            await CancelScope.MoveOnAfterAsync(Sec(1), () => EventLoop.Interruptible(work));
        });
        gate.Set();
        Assert.True(work.Wait(Sec(60)));
    }

    // A wake-up is never lost between the loop's last look and its sleep.
    [Fact]
    public void Post_ManyShortSleeps_NoWakeUpIsLost() => Run(async () =>
    {
        var loop = EventLoop.Current;
        using var hold = loop.HoldOpen();
        for (int i = 0; i < 3000; i++)
        {
            var future = new Future<int>();
            ThreadPool.UnsafeQueueUserWorkItem(static f => f.SetResult(1), future, preferLocal: false);
            await future;
        }
    });

    [Fact]
    public void Post_RealTime_ManyShortSleeps_NoWakeUpIsLost() => OnThread(() => EventLoop.Run(async () =>
    {
        for (int i = 0; i < 3000; i++) await Task.Run(() => { });
    }));
}
