using System.Runtime.ExceptionServices;

namespace Simul.Tests.Hosting;

// What a loop promises, whoever runs it: Run, a pump step by step, a pump to a task's end, a guest, a thread of its own. Each
// way's tests inherit it.
public abstract partial class LoopConformance
{
    // Runs a main task on a new loop and then ends the loop; throws what came out of either.
    protected abstract void RunWith(Func<Task> main, EventLoopOptions options);

    protected TimeSpan RunIt(Func<Task> main, Func<EventLoopOptions, EventLoopOptions>? change = null)
    {
        var options = change is null ? Options() : change(Options());
        OnThread(() => RunWith(main, options));
        return options.Clock is VirtualTimeProvider clock ? clock.Elapsed : TimeSpan.Zero;
    }

    private string TraceOf(Func<List<string>, Task> main)
    {
        List<string> trace = [];
        RunIt(() => main(trace));
        return string.Join(" ", trace);
    }

    // Which of a loop's and the main task's errors came out is the way's own business where there are several; here there is one.
    protected static void ThrowFirst(params Exception?[] errors)
    {
        foreach (var error in errors)
        {
            if (error is not null) ExceptionDispatchInfo.Throw(error);
        }
    }

    protected static Exception? Catch(Action action)
    {
        try
        {
            action();
            return null;
        }
        catch (Exception error)
        {
            return error;
        }
    }

    [Fact]
    public void Delays_EndInTheOrderOfTheirMoments_InExactTime()
    {
        List<string> trace = [];
        var took = RunIt(() => TaskGroup.RunAsync(group =>
        {
            foreach (int seconds in new[] { 3, 1, 2 })
            {
                group.Spawn(async () =>
                {
                    await EventLoop.Delay(Sec(seconds));
                    trace.Add($"{seconds} at {EventLoop.Now.TotalSeconds}");
                });
            }
            return Task.CompletedTask;
        }));
        Assert.Equal(["1 at 1", "2 at 2", "3 at 3"], trace);
        Assert.Equal(Sec(3), took);
    }

    // A3
    [Fact]
    public void CallAt_PastMoments_RunInOrder() => Assert.Equal("second first", TraceOf(async log =>
    {
        var called = new Future<bool>();
        EventLoop.Current.CallAt(Sec(-1), () =>
        {
            log.Add("first");
            called.SetResult(true);
        });
        EventLoop.Current.CallAt(Sec(-2), () => log.Add("second"));
        await called;
    }));

    // A2
    [Fact]
    public void CallSoon_FromACallback_RunsInALaterTurn() => RunIt(async () =>
    {
        var loop = EventLoop.Current;
        long first = 0, second = 0;
        var done = new Future<bool>();
        loop.CallSoon(() =>
        {
            first = loop.GetStatistics().TotalTurns;
            loop.CallSoon(() =>
            {
                second = loop.GetStatistics().TotalTurns;
                done.SetResult(true);
            });
        });
        await done;
        Assert.True(second > first);
    });

    [Fact]
    public void RealClock_TimersAndPool_ComeBack() => RunIt(async () =>
    {
        var loop = EventLoop.Current;
        await EventLoop.Delay(TimeSpan.FromMilliseconds(5));
        Assert.Equal(7, await Task.Run(() => 7));
        Assert.Same(loop, EventLoop.Current);
        await Task.Delay(TimeSpan.FromMilliseconds(5), loop.TimeProvider);
        Assert.Same(loop, EventLoop.Current);
    }, options => options with { Clock = TimeProvider.System });

    [Fact]
    public void Group_ChildFails_TheRestIsCancelled() => RunIt(async () =>
    {
        bool unwound = false;
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group =>
        {
            group.Spawn(async () =>
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
            group.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(1));
                throw new FormatException();
            });
            return Task.CompletedTask;
        }));
        Assert.True(error.TryGetSingle<FormatException>(out _));
        Assert.True(unwound);
    });

    [Fact]
    public void Scope_DeadlinePasses_MovesOn() => Assert.Equal(Sec(2), RunIt(async () =>
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(2), async () => await EventLoop.Delay(Timeout.InfiniteTimeSpan)))));

    // A11
    [Fact]
    public void Posts_OfAnotherThread_ComeInOrder()
    {
        var seen = new List<int>();
        RunIt(async () =>
        {
            var loop = EventLoop.Current;
            using var open = loop.HoldOpen();
            var all = new Future<bool>();
            new Thread(() =>
            {
                for (int i = 0; i < 1000; i++)
                {
                    int number = i;
                    loop.Post(() => seen.Add(number));
                }
                all.SetResult(true);
            }).Start();
            await all;
            await EventLoop.Yield();
        });
        Assert.Equal(1000, seen.Count);
    }

    [Fact]
    public void SubmitAsync_FromAThread_IsRunAndAnswered() => RunIt(async () =>
    {
        var loop = EventLoop.Current;
        Assert.Equal(8, await Task.Run(() => loop.SubmitAsync(async () =>
        {
            await EventLoop.Delay(Sec(1));
            return 8;
        })));
    });

    [Fact]
    public void Greenlets_WaitAtAnyDepth() => RunIt(async () =>
    {
        var loop = EventLoop.Current;
        var runs = Enumerable.Range(0, 5).Select(i => Greenlet.RunAsync(() =>
        {
            List<int> numbers = [3, 1, 2];
            numbers.Sort((a, b) =>
            {
                Greenlet.Delay(Sec(1));
                Assert.Same(loop, EventLoop.Current);
                return a - b;
            });
            return numbers[0] + i;
        })).ToList();
        for (int i = 0; i < runs.Count; i++) Assert.Equal(1 + i, await runs[i]);
    });

    [Fact]
    public void Generator_Waits() => Assert.Equal(Sec(3), RunIt(() => Generator.RunAsync(Steps())));

    private static IEnumerable<Suspend> Steps()
    {
        yield return Suspend.Delay(Sec(1));
        yield return Suspend.Delay(Sec(2));
    }

    [Fact]
    public void Main_Fails_ItsErrorComesOut() => Assert.Throws<FormatException>(() => RunIt(async () =>
    {
        await EventLoop.Yield();
        throw new FormatException();
    }));

    // A98
    [Fact]
    public void LeftOver_IsCancelledAndAwaited_AtTheEnd() => Assert.Equal("main unwinding unwound", TraceOf(async log =>
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
        await EventLoop.Delay(Sec(1));
        log.Add("main");
    }));

    // A98
    [Fact]
    public void LeftOver_FailsAtTheEnd_TheErrorComesOut() => Assert.Throws<FormatException>(() => RunIt(async () =>
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
        await EventLoop.Delay(Sec(1));
    }));

    [Fact]
    public void UnhandledError_GoesToTheHandler()
    {
        List<Exception> seen = [];
        RunIt(async () =>
        {
            EventLoop.Current.CallSoon(() => throw new FormatException());
            await EventLoop.Delay(Sec(1));
        }, options => options with { UnhandledError = seen.Add });
        Assert.IsType<FormatException>(Assert.Single(seen));
    }

    [Fact]
    public void UnhandledError_WithoutAHandler_ComesOut() => Assert.Throws<FormatException>(() => RunIt(async () =>
    {
        EventLoop.Current.CallSoon(() => throw new FormatException());
        await EventLoop.Delay(Sec(1));
    }));

    [Fact]
    public void AsyncVoid_IsAwaited_AtTheEnd()
    {
        bool ended = false;
        RunIt(() =>
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
    }

    [Fact]
    public void AsyncLocal_OfACallback_DoesNotLeak() => RunIt(async () =>
    {
        var local = new AsyncLocal<int>();
        int seen = -1;
        var done = new Future<bool>();
        EventLoop.Current.CallSoon(() => local.Value = 5);
        EventLoop.Current.CallSoon(() => EventLoop.Current.CallSoon(() =>
        {
            seen = local.Value;
            done.SetResult(true);
        }));
        await done;
        Assert.Equal(0, seen);
        Assert.Equal(0, local.Value);
    });

    [Fact]
    public void WaitAllBlocked_ComesBeforeTheClockMoves() => RunIt(async () =>
    {
        int soon = 0;
        EventLoop.Current.CallLater(Sec(1), () => soon = 100);
        for (int i = 0; i < 3; i++) EventLoop.Current.CallSoon(() => soon++);
        await EventLoop.WaitAllBlockedAsync();
        Assert.Equal(3, soon);
        Assert.Equal(TimeSpan.Zero, EventLoop.Now);
    });

    [Fact]
    public void Loop_AfterTheEnd_TakesNothing()
    {
        EventLoop? loop = null;
        RunIt(() =>
        {
            loop = EventLoop.Current;
            return Task.CompletedTask;
        });
        Assert.Throws<EventLoopClosedException>(() => loop!.Post(() => { }));
        Assert.Throws<EventLoopClosedException>(() => { _ = loop!.SubmitAsync(() => Task.CompletedTask); });
    }

    [Fact]
    public void Context_OfTheThread_IsThereAgain()
    {
        OnThread(() =>
        {
            var context = new SynchronizationContext();
            var local = new AsyncLocal<int> { Value = 3 };
            SynchronizationContext.SetSynchronizationContext(context);
            RunWith(async () =>
            {
                await EventLoop.Delay(Sec(1));
                EventLoop.Current.CallSoon(() => local.Value = 9);
                await EventLoop.Yield();
            }, Options());
            Assert.Same(context, SynchronizationContext.Current);
            Assert.Null(EventLoop.CurrentOrNull);
            Assert.Null(ClockMember.Current);
            Assert.Equal(3, local.Value);
        });
    }
}
