namespace Simul.Tests.Hosting;

public class LoopPumpTests
{
    private static void Pumped(Action<LoopPump> body, Func<EventLoopOptions, EventLoopOptions>? change = null) => OnThread(() =>
    {
        using var pump = EventLoop.Open(change is null ? Options() : change(Options()));
        body(pump);
    });

    // A4
    [Fact]
    public void RunOneTurn_RunsWhatIsReady_AndNotWhatItMakesReady() => Pumped(pump =>
    {
        List<string> log = [];
        pump.Loop.Post(() =>
        {
            log.Add("first");
            EventLoop.Current.CallSoon(() => log.Add("second"));
        });
        Assert.Empty(log);
        Assert.True(pump.RunOneTurn());
        Assert.Equal(["first"], log);
        Assert.True(pump.RunOneTurn());
        Assert.Equal(["first", "second"], log);
        Assert.False(pump.RunOneTurn());
    });

    [Fact]
    public void RunUntilIdle_TellsTheNextMoment() => Pumped(pump =>
    {
        Assert.Null(pump.RunUntilIdle());
        var task = pump.Start(async () => await EventLoop.Delay(Sec(5)));
        Assert.Equal(Sec(5), pump.RunUntilIdle());
        Assert.Equal(Sec(5), pump.RunUntilIdle());
        Assert.False(task.IsCompleted);
        Assert.True(pump.WaitForWork());
        Assert.Null(pump.RunUntilIdle());
        Assert.True(task.IsCompletedSuccessfully);
    });

    [Fact]
    public void RunUntilIdle_WithABound_LeavesBusyTasksForLater() => Pumped(pump =>
    {
        int turns = 0;
        pump.Start(async () =>
        {
            while (true)
            {
                turns++;
                await EventLoop.Yield();
            }
        });
        Assert.Equal(TimeSpan.Zero, pump.RunUntilIdle(maxTurns: 10));
        Assert.InRange(turns, 8, 10);
        Assert.Throws<ArgumentOutOfRangeException>(() => pump.RunUntilIdle(0));
    });

    [Fact]
    public void BetweenCalls_TheThreadIsItsOwn() => Pumped(pump =>
    {
        var mine = new SynchronizationContext();
        var local = new AsyncLocal<int> { Value = 1 };
        SynchronizationContext.SetSynchronizationContext(mine);
        pump.Loop.Post(() => local.Value = 2);
        Future<int>? future = null;
        var task = pump.Start(async () =>
        {
            Assert.Same(pump.Loop, EventLoop.Current);
            Assert.Equal(1, local.Value); // a task sees what its starter saw
            local.Value = 3;
            future = new Future<int>();
            return await future;
        });
        pump.RunUntilIdle();
        Assert.Null(EventLoop.CurrentOrNull);
        Assert.Null(ClockMember.Current);
        Assert.Same(mine, SynchronizationContext.Current);
        Assert.Equal(1, local.Value);
        Assert.Throws<LoopAffinityException>(() => { _ = EventLoop.Delay(Sec(1)); });
        future!.SetResult(4); // giving is legal from outside
        pump.RunUntilIdle();
        Assert.Equal(4, task.Result);
    });

    [Fact]
    public void Calls_FromOneThreadAfterAnother_AreFine() => Pumped(pump =>
    {
        var threads = new HashSet<int>();
        var task = pump.Start(async () =>
        {
            for (int i = 0; i < 3; i++)
            {
                threads.Add(Environment.CurrentManagedThreadId);
                await EventLoop.Delay(Sec(1));
            }
        });
        while (!task.IsCompleted)
        {
            OnThread(() =>
            {
                pump.RunUntilIdle();
                if (!task.IsCompleted) pump.WaitForWork();
            });
        }
        Assert.True(threads.Count >= 1);
        Assert.DoesNotContain(Environment.CurrentManagedThreadId, threads);
    });

    [Fact]
    public void RunUntilComplete_LeavesTheRestOnTheLoop() => Pumped(pump =>
    {
        List<string> log = [];
        LoopTask? other = null;
        int first = pump.RunUntilComplete(async () =>
        {
            other = EventLoop.Current.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(5));
                log.Add("other");
            });
            await EventLoop.Delay(Sec(1));
            return 1;
        });
        Assert.Equal(1, first);
        Assert.Empty(log);
        Assert.Equal(LoopTaskStatus.Running, other!.Status);
        pump.RunUntilComplete(async () =>
        {
            Assert.Equal(Sec(1), EventLoop.Now);
            await other;
            Assert.Equal(Sec(5), EventLoop.Now);
        });
        Assert.Equal(["other"], log);
        Assert.Throws<FormatException>(() => pump.RunUntilComplete(() => throw new FormatException()));
        Assert.ThrowsAny<OperationCanceledException>(() => pump.RunUntilComplete(async () => await EventLoop.Delay(Sec(1)), new CancellationToken(true)));
    });

    [Fact]
    public void RunUntilComplete_Stalled_CancelsMainAlone() => Pumped(pump =>
    {
        Future<int>? wanted = null;
        var patient = pump.Start(async () =>
        {
            wanted = new Future<int>();
            return await wanted;
        });
        Says(Assert.Throws<LoopStalledException>(() => pump.RunUntilComplete(async () => await new Future<int>())), "stalled", "main");
        wanted!.SetResult(5);
        pump.RunUntilComplete(() => patient);
        Assert.Equal(5, patient.Result);
    });

    [Fact]
    public void RunUntilComplete_StalledAndDeaf_IsGivenUp() => OnThread(() =>
    {
        var pump = EventLoop.Open(Options());
        Future<int>? wanted = null;
        Assert.Throws<LoopStalledException>(() => pump.RunUntilComplete(async () =>
        {
            using var deaf = CancelScope.Enter(shield: true);
            wanted = new Future<int>();
            await wanted;
        }));
        Assert.Equal(1, pump.RunUntilComplete(() => Task.FromResult(1))); // the loop is as usable as before
        wanted!.SetResult(1); // and the task that was given up may yet end
        pump.RunUntilIdle();
        pump.Dispose();
    });

    [Fact]
    public void WaitForWork_NothingCanCome_SaysSo() => Pumped(pump =>
    {
        pump.Start(async () => await new Future<int>());
        pump.RunUntilIdle();
        Says(Assert.Throws<LoopStalledException>(() => pump.WaitForWork()), "stalled");
        Assert.False(pump.WaitForWork(Sec(3))); // with a limit it just waits
    });

    [Fact]
    public void WaitForWork_VirtualClock_MovesToTheLimitOrTheTimer()
    {
        var clock = new VirtualTimeProvider();
        Pumped(pump =>
        {
            pump.Start(async () => await EventLoop.Delay(Sec(5)));
            pump.RunUntilIdle();
            Assert.False(pump.WaitForWork(Sec(3)));
            Assert.Equal(Sec(3), clock.Elapsed);
            Assert.True(pump.WaitForWork(Sec(3)));
            Assert.Equal(Sec(5), clock.Elapsed);
            Assert.Throws<ArgumentOutOfRangeException>(() => pump.WaitForWork(Sec(-3)));
            Assert.Throws<ArgumentOutOfRangeException>(() => pump.WaitForWork(TimeSpan.MaxValue));
        }, options => options with { Clock = clock });
    }

    // A96: to move the clock is not to run what is due by then, also where it is due exactly then.
    [Fact]
    public void WaitForWork_TheTimerIsDueAtTheLimit_RunsNothing()
    {
        var clock = new VirtualTimeProvider();
        Pumped(pump =>
        {
            bool ran = false;
            pump.Loop.Post(() => EventLoop.Current.CallLater(Sec(5), () => ran = true));
            Assert.Equal(Sec(5), pump.RunUntilIdle());
            pump.WaitForWork(Sec(5));
            Assert.Equal(Sec(5), clock.Elapsed);
            Assert.False(ran);
            pump.RunUntilIdle();
            Assert.True(ran);
            Assert.Equal(Sec(5), clock.Elapsed);
        }, options => options with { Clock = clock });
    }

    [Fact]
    public void BetweenCalls_AVirtualClockIsHeld()
    {
        var clock = new VirtualTimeProvider();
        Pumped(pump =>
        {
            using var other = clock.Join("other");
            Assert.False(other.IdleUntil(Sec(1)));
            pump.RunUntilIdle();
            Assert.Equal(TimeSpan.Zero, clock.Elapsed);
            Assert.False(pump.WaitForWork(Sec(0.5)));
            Assert.Equal(Sec(0.5), clock.Elapsed);
        }, options => options with { Clock = clock });
    }

    [Fact]
    public void WaitForWork_RealClock_EndsWithAPostOfAnotherThread() => Pumped(pump =>
    {
        using var open = pump.Loop.HoldOpen();
        bool ran = false;
        new Thread(() => pump.Loop.Post(() => ran = true)).Start();
        Assert.True(pump.WaitForWork());
        pump.RunUntilIdle();
        Assert.True(ran);
        pump.Loop.Post(() => pump.Loop.CallLater(TimeSpan.FromMilliseconds(5), () => ran = false));
        pump.RunUntilIdle();
        Assert.True(pump.WaitForWork());
        pump.RunUntilIdle();
        Assert.False(ran);
    }, options => options with { Clock = TimeProvider.System });

    [Fact]
    public void UnhandledError_IsThrownByTheCallInWhichItCameUp() => Pumped(pump =>
    {
        pump.Loop.Post(() => throw new FormatException());
        bool ran = false;
        pump.Loop.Post(() => ran = true);
        Assert.Throws<FormatException>(() => pump.RunUntilIdle());
        Assert.True(ran);
        Assert.Null(pump.RunUntilIdle());
        pump.Loop.Post(() => throw new FormatException());
        pump.Loop.Post(() => throw new InvalidDataException());
        Assert.Equal(2, Assert.Throws<AggregateException>(() => pump.RunOneTurn()).InnerExceptions.Count);
    });

    [Fact]
    public void Start_ThatFails_TellsItsTask() => Pumped(pump =>
    {
        var task = pump.Start(() => throw new FormatException());
        pump.RunUntilIdle();
        Assert.IsType<FormatException>(task.Exception!.InnerException);
        var cancelled = pump.Start(() => Task.CompletedTask, new CancellationToken(true));
        pump.RunUntilIdle();
        Assert.True(cancelled.IsCanceled);
    });

    [Fact]
    public void Reentrant_IsRefused() => Pumped(pump =>
    {
        var task = pump.Start(async () =>
        {
            await EventLoop.Yield();
            Says(Assert.Throws<InvalidOperationException>(() => pump.RunUntilIdle()), "runs already", "Await");
            Assert.Throws<InvalidOperationException>(() => pump.RunOneTurn());
            Assert.Throws<InvalidOperationException>(() => pump.WaitForWork());
            Assert.Throws<InvalidOperationException>(() => pump.RunUntilComplete(() => Task.CompletedTask));
            Assert.Throws<InvalidOperationException>(pump.Dispose);
            Says(Assert.Throws<InvalidOperationException>(() => EventLoop.Open()), "do not nest");
            await Greenlet.RunAsync(() => Assert.Throws<InvalidOperationException>(() => pump.RunUntilIdle()));
        });
        pump.RunUntilComplete(() => task);
    });

    [Fact]
    public void AnotherThreadAtTheSameTime_IsRefused() => Pumped(pump =>
    {
        pump.RunUntilComplete(async () =>
        {
            await EventLoop.Yield();
            OnThread(() =>
            {
                Says(Assert.Throws<InvalidOperationException>(() => pump.RunUntilIdle()), "another thread", "Post");
                Says(Assert.Throws<InvalidOperationException>(pump.Dispose), "another thread");
            });
        });
    });

    // A98
    [Fact]
    public void Dispose_UnwindsAndCloses_OnceOnly() => OnThread(() =>
    {
        var pump = EventLoop.Open(Options());
        bool unwound = false;
        var task = pump.Start(async () =>
        {
            try
            {
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
            }
            finally
            {
                unwound = true;
            }
        });
        pump.RunUntilIdle();
        pump.Dispose();
        Assert.True(unwound);
        Assert.True(task.IsCanceled);
        pump.Dispose();
        Says(Assert.Throws<EventLoopClosedException>(() => pump.RunOneTurn()), "ended");
        Assert.Throws<EventLoopClosedException>(() => pump.RunUntilIdle());
        Assert.Throws<EventLoopClosedException>(() => pump.WaitForWork());
        Assert.Throws<EventLoopClosedException>(() => pump.RunUntilComplete(() => Task.CompletedTask));
        Assert.Throws<EventLoopClosedException>(() => { _ = pump.Start(() => Task.CompletedTask); });
    });

    [Fact]
    public void Dispose_NeverRun_CancelsWhatNeverBegan() => OnThread(() =>
    {
        bool ran = false;
        var pump = EventLoop.Open(Options());
        var task = pump.Start(() =>
        {
            ran = true;
            return Task.CompletedTask;
        });
        pump.Dispose();
        Assert.True(task.IsCanceled && !ran);
    });

    [Fact]
    public void Dispose_TaskThatCanNeverEnd_IsLetGo() => OnThread(() =>
    {
        var pump = EventLoop.Open(Options());
        var task = pump.Start(async () =>
        {
            using var deaf = CancelScope.Enter(shield: true);
            await new Future<int>();
        });
        pump.RunUntilIdle();
        Assert.Throws<LoopStalledException>(pump.Dispose);
        Assert.True(task.IsCanceled); // who waits for it outside must not wait for ever
        Assert.Throws<EventLoopClosedException>(() => pump.RunOneTurn());
    });

    [Fact]
    public void SeededOrder_HoldsForPumpedTurns() => OnThread(() =>
    {
        Assert.Equal(Order(7), Order(7));
        Assert.Contains(Enumerable.Range(0, 20), seed => Order((ulong)seed) != Order(7));

        static string Order(ulong seed)
        {
            using var pump = EventLoop.Open(Options() with { Scheduling = SchedulingPolicy.SeededRandom(seed) });
            List<int> order = [];
            for (int i = 0; i < 10; i++)
            {
                int number = i;
                pump.Loop.Post(() => order.Add(number));
            }
            pump.RunOneTurn();
            return string.Join(" ", order);
        }
    });
}
