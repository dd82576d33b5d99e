namespace Simul.Tests.Loop;

public partial class ToThreadTests
{
    [Fact]
    public void ToThread_RunsOnANamedThreadOfOurs_AndBringsTheResult() => Run(async () =>
    {
        int loopThread = Environment.CurrentManagedThreadId;
        var (thread, pool, background, name, onLoop) = await EventLoop.ToThreadAsync(() => (
            Environment.CurrentManagedThreadId, Thread.CurrentThread.IsThreadPoolThread, Thread.CurrentThread.IsBackground, Thread.CurrentThread.Name, EventLoop.CurrentOrNull));
        Assert.NotEqual(loopThread, thread);
        Assert.False(pool);
        Assert.True(background);
        Assert.Contains("my loop thread", name);
        Assert.Null(onLoop);
        Assert.Equal(loopThread, Environment.CurrentManagedThreadId);
        Assert.Equal("reader", await EventLoop.ToThreadAsync(() => Thread.CurrentThread.Name, name: "reader"));
        // Cached, with its own name again; or the next one, where that one has not come to rest yet.
        Assert.StartsWith("my loop thread-", await EventLoop.ToThreadAsync(() => Thread.CurrentThread.Name));
        Says(await Raises<FormatException>(() => EventLoop.ToThreadAsync(() => throw new FormatException("bad"))), "bad");
    }, o => o with { Name = "my loop" });

    [Fact]
    public void ToThread_CarriesTheExecutionContext_ToTheThreadAndNotBack() => Run(async () =>
    {
        var local = new AsyncLocal<int> { Value = 1 };
        Assert.Equal(1, await EventLoop.ToThreadAsync(() =>
        {
            int seen = local.Value;
            local.Value = 2;
            return seen;
        }));
        Assert.Equal(1, local.Value);
        local.Value = 3;
        Assert.Equal(3, await EventLoop.ToThreadAsync(() => local.Value));
        Assert.NotNull(await EventLoop.ToThreadAsync(() => WorkContext.Current));
    });

    [Fact]
    public void ToThread_CancelledBefore_NeverRuns() => Run(async () =>
    {
        bool ran = false;
        using var scope = CancelScope.Enter();
        scope.Cancel();
        await Raises<OperationCanceledException>(() => EventLoop.ToThreadAsync(() => ran = true));
        Assert.False(ran);
    });

    [Fact]
    public void ToThread_Cancelled_WaitsForTheEnd_AndBringsTheResult() => Run(async () =>
    {
        using var gate = new ManualResetEventSlim();
        var loop = EventLoop.Current;
        var task = loop.Spawn(async () =>
        {
            int result = await EventLoop.ToThreadAsync(() =>
            {
                Assert.True(FromThread.Token.WaitHandle.WaitOne());
                gate.Wait();
                return 5;
            });
            Assert.True(EventLoop.CurrentTask.IsCancelled);
            await Raises<OperationCanceledException>(async () => await EventLoop.Yield());
            return result;
        });
        await WaitUntilOnThread(task);
        task.Cancel();
        await EventLoop.Yield();
        await EventLoop.Yield();
        Assert.Equal(LoopTaskStatus.Running, task.Status);
        gate.Set();
        Assert.Equal(5, await task);
    });

    [Fact]
    public void ToThread_Abandoned_GivesUpTheWaitAtOnce_AndTheLoopCloses()
    {
        using var gate = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        List<string> lines = [];
        bool cancelledSeen = false;
        var took = Run(async () =>
        {
            Assert.True(await CancelScope.MoveOnAfterAsync(Sec(3), () => EventLoop.ToThreadAsync(() =>
            {
                try
                {
                    // It would hold the clock; its sleep lets time run on.
                    WorkContext.Current!.Clock.Sleep(Sec(4));
                    gate.Wait();
                    cancelledSeen = FromThread.IsCancelled;
                    throw new FormatException("too late");
                }
                finally
                {
                    ended.Set();
                }
            }, abandonOnCancel: true, name: "hopeless")));
            Assert.Equal(Sec(3), EventLoop.Now);
            await EventLoop.Delay(Sec(5)); // the abandoned thread no longer holds the clock
        }, o => o with { Log = line => { lock (lines) lines.Add(line); } });
        Assert.Equal(Sec(8), took);
        // A9: it ends after the loop; nobody is called back, and its error is not lost.
        gate.Set();
        Assert.True(ended.Wait(Sec(60)));
        Eventually(() => { lock (lines) return lines.Count > 0; }, "the late error is logged");
        Assert.True(cancelledSeen);
        Says(new InvalidOperationException(Assert.Single(lines)), "hopeless", "given up", "too late");
    }

    // What ends in the same moment as it is given up is either there or gone, never both.
    [Fact]
    public void ToThread_AbandonedAsItEnds_IsOneOrTheOther() => OnThread(() => EventLoop.Run(async () =>
    {
        int results = 0, given = 0;
        for (int i = 0; i < 300; i++)
        {
            bool late = false;
            int? result = null;
            await CancelScope.RunAsync(async scope =>
            {
                try
                {
                    result = await EventLoop.ToThreadAsync(() =>
                    {
                        FromThread.Call(() => EventLoop.Current.CallSoon(() => scope.Cancel()));
                        return i;
                    }, abandonOnCancel: true);
                }
                catch (OperationCanceledException)
                {
                    late = true;
                    throw;
                }
            });
            Assert.NotEqual(late, result is not null);
            if (late) given++;
            else Assert.Equal(i, result);
            results++;
        }
        Assert.Equal(300, results);
        Assert.InRange(given, 0, 300);
    }));

    [Fact]
    public void ToThread_TheLoopsLimit_BoundsThem_AndAbandonedOnesCount() => Run(async () =>
    {
        using var gate = new ManualResetEventSlim();
        using var left = new ManualResetEventSlim();
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), () => EventLoop.ToThreadAsync(() =>
        {
            WorkContext.Current!.Clock.Sleep(Sec(2));
            gate.Wait();
        }, abandonOnCancel: true)));
        int inside = 0, most = 0;
        bool second = false;
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 3; i++)
            {
                group.Spawn(() => EventLoop.ToThreadAsync(() =>
                {
                    most = Math.Max(most, Interlocked.Increment(ref inside));
                    WorkContext.Current!.Clock.Sleep(Sec(1));
                    Interlocked.Decrement(ref inside);
                }));
            }
            await EventLoop.Delay(Sec(1.5));
            second = true;
        });
        Assert.True(second);
        Assert.Equal(1, most); // of two, one is occupied by the thread that was given up
        Assert.Equal(Sec(4), EventLoop.Now);
        gate.Set();
    }, o => o with { MaxThreads = 2 });

    [Fact]
    public void ToThread_ALimitOfOnesOwn_BoundsThem() => Run(async () =>
    {
        var limiter = new CapacityLimiter(2);
        int inside = 0, most = 0;
        await EventLoop.GatherAsync([.. Enumerable.Range(0, 6).Select(_ => EventLoop.ToThreadAsync(() =>
        {
            int now = Interlocked.Increment(ref inside);
            InterlockedMax(ref most, now);
            WorkContext.Current!.Clock.Sleep(Sec(1));
            Interlocked.Decrement(ref inside);
        }, limiter: limiter))]);
        Assert.InRange(most, 1, 2);
        Assert.Equal(Sec(3), EventLoop.Now);
        Assert.Equal(0, limiter.GetStatistics().CurrentBorrowed);
    });

    // Virtual time: a running call holds the clock, a sleeping one frees it.
    [Fact]
    public void ToThread_InVirtualTime_HoldsTheClockAndMaySleepOnIt() => Run(async () =>
    {
        var order = new List<string>();
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                var took = await EventLoop.ToThreadAsync(() =>
                {
                    for (int i = 0; i < 1000; i++) Thread.SpinWait(1000);
                    var clock = WorkContext.Current!.Clock;
                    long start = clock.GetTimestamp();
                    clock.Sleep(TimeSpan.FromHours(2));
                    return clock.GetElapsedTime(start);
                });
                Assert.Equal(TimeSpan.FromHours(2), took);
                order.Add("thread");
            });
            await EventLoop.Delay(TimeSpan.FromHours(1));
            order.Add("loop");
        });
        Assert.Equal(["loop", "thread"], order);
        Assert.Equal(TimeSpan.FromHours(2), EventLoop.Now);
    });

    // A loop that waits for a call alone is not stalled.
    [Fact]
    public void ToThread_TheOnlyThingUnderWay_IsNoStall() => OnThread(() => EventLoop.Run(async () =>
    {
        var release = new TaskCompletionSource();
        ThreadPool.UnsafeQueueUserWorkItem(static x => x.SetResult(), release, preferLocal: false);
        await EventLoop.ToThreadAsync(() => release.Task.Wait());
    }));

    [Fact]
    public void ToThread_ManyInTurn_UseOneThread() => Run(async () =>
    {
        HashSet<int> threads = [];
        for (int i = 0; i < 200; i++) threads.Add(await EventLoop.ToThreadAsync(() => Environment.CurrentManagedThreadId));
        Assert.InRange(threads.Count, 1, 3);
    });

    // A105: blocking code cannot be ended, so the loop's end waits for it.
    [Fact]
    public void ToThread_MainEnds_TheCodeIsWaitedFor()
    {
        using var gate = new ManualResetEventSlim();
        bool ended = false, told = false;
        Run(async () =>
        {
            bool begun = false;
            EventLoop.Current.Spawn(() => EventLoop.ToThreadAsync(() =>
            {
                FromThread.Call(() => begun = true);
                told = FromThread.Token.WaitHandle.WaitOne(Sec(60));
                ended = true;
            }));
            while (!begun) await EventLoop.Yield();
        });
        Assert.True(told);
        Assert.True(ended);
    }

    [Fact]
    public void ToThread_BadInput_Throws()
    {
        Run(async () =>
        {
            await Raises<ArgumentNullException>(() => EventLoop.ToThreadAsync((Func<int>)null!));
            await Raises<ArgumentNullException>(() => EventLoop.ToThreadAsync(null!));
        });
        Assert.Throws<LoopAffinityException>(() => EventLoop.ToThreadAsync(() => 1).GetAwaiter().GetResult());
        Assert.Throws<ArgumentOutOfRangeException>(() => new EventLoopOptions { MaxThreads = 0 });
    }

    private static void InterlockedMax(ref int target, int value)
    {
        int seen;
        while ((seen = Volatile.Read(ref target)) < value && Interlocked.CompareExchange(ref target, value, seen) != seen) { }
    }

    // Until the task's call is under way, so that a cancellation finds it there.
    private static async Task WaitUntilOnThread(LoopTask task)
    {
        while (!EventLoop.Current.GetTaskTree().ToString().Contains("thread-")) await EventLoop.Yield();
        Assert.Equal(LoopTaskStatus.Running, task.Status);
    }
}
