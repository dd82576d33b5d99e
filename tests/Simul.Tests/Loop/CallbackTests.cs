namespace Simul.Tests.Loop;

public class CallbackTests
{
    // A2, A3
    [Fact]
    public void CallSoon_FromACallback_RunsInTheNextTurnInOrder()
    {
        string trace = Trace(async log =>
        {
            var loop = EventLoop.Current;
            loop.CallSoon(() =>
            {
                log.Add("a");
                loop.CallSoon(() => log.Add("d"));
            });
            loop.CallSoon(() => log.Add("b"));
            loop.CallSoon(() => log.Add("c"));
            await EventLoop.Yield();
            log.Add("yielded");
            await EventLoop.Yield();
        });
        Assert.Equal("a b c yielded d", trace);
    }

    // A2: what callbacks make ready cannot keep a timer from firing.
    [Fact]
    public void CallSoon_RearmingForEver_DoesNotStarveTimers()
    {
        long turns = 0;
        Run(async () =>
        {
            var loop = EventLoop.Current;
            bool fired = false;
            void Again()
            {
                turns++;
                if (!fired) loop.CallSoon(Again);
            }
            Again();
            loop.CallAt(EventLoop.Now, () => fired = true);
            while (!fired) await EventLoop.Yield();
        });
        Assert.InRange(turns, 1, 200);
    }

    // A3
    [Fact]
    public void CallAt_PastMoments_RunEarliestFirst()
    {
        string trace = Trace(async log =>
        {
            var loop = EventLoop.Current;
            loop.CallAt(Sec(-1), () => log.Add("a"));
            loop.CallAt(Sec(-2), () => log.Add("b"));
            await EventLoop.Delay(Sec(1));
        });
        Assert.Equal("b a", trace);
    }

    [Fact]
    public void CallLater_Negative_Throws() => Run(() =>
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => EventLoop.Current.CallLater(Sec(-1), () => { }));
        Says(error, "negative", "CallAt");
        return Task.CompletedTask;
    });

    [Fact]
    public void CallLater_BeyondTheEndOfTime_Throws() => Run(async () =>
    {
        await EventLoop.Delay(Sec(1));
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => EventLoop.Current.CallLater(TimeSpan.MaxValue, () => { })), "end of time");
    });

    [Fact]
    public void CallLater_SameMoment_RunInTheOrderTheyWereSet()
    {
        string trace = Trace(async log =>
        {
            var loop = EventLoop.Current;
            for (int i = 0; i < 20; i++)
            {
                int n = i;
                loop.CallLater(Sec(5), () => log.Add($"{n}"));
            }
            await EventLoop.Delay(Sec(6));
        });
        Assert.Equal(string.Join(" ", Enumerable.Range(0, 20)), trace);
    }

    [Fact]
    public void TimerHandle_Cancelled_IsNeverCalled() => Run(async () =>
    {
        bool called = false;
        var handle = EventLoop.Current.CallLater(Sec(1), () => called = true);
        Assert.True(handle.IsPending);
        handle.Cancel();
        handle.Cancel();
        Assert.False(handle.IsPending);
        await EventLoop.Delay(Sec(2));
        Assert.False(called);
    });

    // A1: cancelled deadlines do not stay behind.
    [Fact]
    public void TimerHandle_ManyCancelled_LeaveTheQueue() => Run(async () =>
    {
        var loop = EventLoop.Current;
        var handles = Enumerable.Range(0, 10_000).Select(i => loop.CallLater(Sec(i + 1), () => { })).ToList();
        Assert.Equal(10_000, loop.GetStatistics().CurrentTimers);
        for (int i = 0; i < handles.Count; i += 2) handles[i].Cancel();
        for (int i = 9_999; i > 0; i -= 2) handles[i].Cancel();
        Assert.Equal(0, loop.GetStatistics().CurrentTimers);
        await EventLoop.Yield();
    });

    // A6
    [Fact]
    public void Delay_FiveTinyOnes_TakeABoundedNumberOfTurns()
    {
        EventLoopStatistics? after = null;
        OnThread(() => EventLoop.Run(async () =>
        {
            for (int i = 0; i < 5; i++) await EventLoop.Delay(TimeSpan.FromTicks(7_777));
            after = EventLoop.Current.GetStatistics();
        }));
        Assert.InRange(after!.TotalTurns, 5, 40);
    }

    // A5
    [Fact]
    public void Yield_AfterACallSoon_TheCallbackHasRun() => Run(async () =>
    {
        bool ran = false;
        EventLoop.Current.CallSoon(() => ran = true);
        await EventLoop.Yield();
        Assert.True(ran);
        ran = false;
        EventLoop.Current.CallSoon(() => ran = true);
        await EventLoop.Delay(TimeSpan.Zero);
        Assert.True(ran);
    });

    [Fact]
    public void CallSoon_Throwing_EndsRunWithIt_AndTheOthersStillRun()
    {
        bool other = false;
        var error = Assert.Throws<FormatException>(() => Run(async () =>
        {
            EventLoop.Current.CallSoon(() => throw new FormatException("bad"));
            EventLoop.Current.CallSoon(() => other = true);
            await EventLoop.Delay(Timeout.InfiniteTimeSpan);
        }));
        Assert.Equal("bad", error.Message);
        Assert.True(other);
    }

    [Fact]
    public void CallSoon_ThrowingWithAHandler_GoesOn()
    {
        List<Exception> seen = [];
        Run(async () =>
        {
            EventLoop.Current.CallSoon(() => throw new FormatException("bad"));
            await EventLoop.Delay(Sec(1));
        }, o => o with { UnhandledError = seen.Add });
        Assert.IsType<FormatException>(Assert.Single(seen));
    }

    [Fact]
    public void UnhandledError_HandlerThrows_BothComeOut()
    {
        var error = Assert.Throws<AggregateException>(() => Run(async () =>
        {
            EventLoop.Current.CallSoon(() => throw new FormatException("bad"));
            await EventLoop.Delay(Timeout.InfiniteTimeSpan);
        }, o => o with { UnhandledError = _ => throw new NotSupportedException("handler") }));
        Assert.Contains(error.InnerExceptions, e => e is FormatException);
        Assert.Contains(error.InnerExceptions, e => e is NotSupportedException);
    }

    // It runs on the loop like any callback, and may use it.
    [Fact]
    public void UnhandledError_HandlerThatUsesTheLoop_Works()
    {
        List<string> log = [];
        Run(async () =>
        {
            EventLoop.Current.CallSoon(() => throw new FormatException());
            await EventLoop.Delay(Sec(5));
        }, o => o with
        {
            UnhandledError = error =>
            {
                log.Add(error.GetType().Name);
                if (error is not FormatException) return;
                EventLoop.Current.CallSoon(() => throw new IOException());
                EventLoop.Current.Spawn(async () =>
                {
                    await EventLoop.Delay(Sec(1));
                    log.Add("spawned");
                });
            },
        });
        Assert.Equal(["FormatException", "IOException", "spawned"], log);
    }

    // A11
    [Fact]
    public void Post_FromAnotherThread_KeepsOrderAndCannotStarveTasks() => Run(async () =>
    {
        var loop = EventLoop.Current;
        List<int> seen = [];
        using (loop.HoldOpen())
        {
            var poster = Task.Run(() =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    int n = i;
                    loop.Post(() => seen.Add(n));
                }
            });
            while (seen.Count < 1000) await EventLoop.Yield();
            await poster;
        }
        Assert.Equal(Enumerable.Range(0, 1000), seen);
        Assert.True(loop.GetStatistics().TotalInjected >= 1000);
    });

    // A11
    [Fact]
    public void Post_AfterTheEnd_ThrowsClosed()
    {
        EventLoop loop = null!;
        Run(() =>
        {
            loop = EventLoop.Current;
            return Task.CompletedTask;
        }, o => o with { Name = "early bird" });
        Says(Assert.Throws<EventLoopClosedException>(() => loop.Post(() => { })), "early bird", "ended");
        Says(Assert.Throws<EventLoopClosedException>(() => { _ = loop.SubmitAsync(() => Task.CompletedTask); }), "ended");
        Assert.Throws<EventLoopClosedException>(() => loop.CallSoon(() => { }));
        Assert.Throws<EventLoopClosedException>(() => loop.Spawn(() => Task.CompletedTask));
        Assert.Throws<EventLoopClosedException>(() => loop.GetStatistics());
        Assert.Throws<EventLoopClosedException>(() => loop.TimeProvider.CreateTimer(_ => { }, null, Sec(1), Sec(1)));
    }

    // A11: a crash in one is an error, but later ones still run.
    [Fact]
    public void Post_OneThrows_LaterOnesStillRun()
    {
        bool later = false;
        Assert.Throws<FormatException>(() => Run(async () =>
        {
            var loop = EventLoop.Current;
            await Task.Run(() =>
            {
                loop.Post(() => throw new FormatException());
                loop.Post(() => later = true);
            });
            await EventLoop.Delay(Sec(1));
        }));
        Assert.True(later);
    }

    // L12
    [Fact]
    public void AsyncLocal_SetInACallback_DoesNotLeakIntoTheNext()
    {
        var local = new AsyncLocal<string?>();
        List<string?> seen = [];
        Run(async () =>
        {
            var loop = EventLoop.Current;
            loop.CallSoon(() => local.Value = "leak");
            loop.CallSoon(() => seen.Add(local.Value));
            await EventLoop.Yield();
            local.Value = "mine";
            loop.CallSoon(() => seen.Add(local.Value));
            loop.CallLater(Sec(1), () => seen.Add(local.Value));
            local.Value = "changed";
            await EventLoop.Delay(Sec(2));
            seen.Add(local.Value);
        });
        Assert.Equal([null, "mine", "mine", "changed"], seen);
    }

    // L12
    [Fact]
    public void AsyncLocal_SetInACallbackThatThrows_DoesNotLeakIntoTheNext()
    {
        var local = new AsyncLocal<string?>();
        string? seen = "not run";
        Run(async () =>
        {
            EventLoop.Current.CallSoon(() =>
            {
                local.Value = "leak";
                throw new FormatException();
            });
            EventLoop.Current.CallSoon(() => seen = local.Value);
            await EventLoop.Delay(Sec(1));
        }, o => o with { UnhandledError = _ => { } });
        Assert.Null(seen);
    }
}
