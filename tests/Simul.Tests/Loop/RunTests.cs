namespace Simul.Tests.Loop;

public partial class RunTests
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

    // It is cancelled like everything else, and that is no error.
    [Fact]
    public void Run_AsyncVoidThatWaitsForEver_IsCancelledAtTheEnd()
    {
        bool unwound = false;
        Run(() =>
        {
            Void();
            return Task.CompletedTask;
            async void Void()
            {
                try
                {
                    await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                }
                finally
                {
                    unwound = true;
                }
            }
        });
        Assert.True(unwound);
    }

    [Fact]
    public void SpawnedIntoTheLoop_FailsUnawaited_CancelsMainAndComesOut() => Assert.Throws<FormatException>(() => Run(async () =>
    {
        EventLoop.Current.Spawn(() => throw new FormatException());
        await EventLoop.Delay(Timeout.InfiniteTimeSpan);
    }));


    // It is left behind in a task that nobody cancelled: it ends there, says so, and that is nobody's error.
    [Fact]
    public void Run_AsyncVoidInATaskThatEnds_EndsWithTheTask()
    {
        Exception? raised = null;
        Run(async () =>
        {
            await EventLoop.Current.Spawn(() =>
            {
                Void();
                return Task.CompletedTask;
            }, name: "starter");
            await EventLoop.Delay(Sec(1));
            async void Void()
            {
                try
                {
                    using var inner = CancelScope.Enter();
                    await EventLoop.Delay(Sec(1));
                }
                catch (OperationCanceledException e)
                {
                    raised = e;
                    throw;
                }
            }
        });
        Says(raised!, "starter", "has ended");
    }

    [Fact]
    public void Run_CallbackThatCallsItselfForEver_EndsAllTheSame()
    {
        List<string> lines = [];
        Run(() =>
        {
            var loop = EventLoop.Current;
            loop.CallSoon(Again);
            return Task.CompletedTask;
            void Again() => loop.CallSoon(Again);
        }, o => o with { Log = lines.Add });
        Says(new InvalidOperationException(Assert.Single(lines)), "callbacks", "dropped");
    }

    [Fact]
    public void Options_ThatMakeNoSense_AreRefused()
    {
        Says(Assert.Throws<ArgumentNullException>(() => new EventLoopOptions { Clock = null! }), "TimeProvider.System");
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => new EventLoopOptions { AutoAdvanceGrace = Sec(-1) }), "zero or more");
        Run(async () =>
        {
            var loop = EventLoop.Current;
            await Raises<ArgumentOutOfRangeException>(() => EventLoop.WaitAsync([loop.Spawn(() => Task.CompletedTask)], (WaitUntil)7));
            Assert.Throws<ArgumentOutOfRangeException>(() => EventLoop.Ticks(Sec(1), (MissedTicks)7));
            Assert.Throws<ArgumentOutOfRangeException>(() => { loop.TimeProvider.CreateTimer(_ => { }, null, Sec(-2), Timeout.InfiniteTimeSpan); });
        });
    }
}
