namespace Simul.Tests.Hosting;

// From a task on one loop to another loop and back.
public class InvokeAsyncTests
{
    // A loop beside the test's own, on the same clock.
    private static TimeSpan Beside(Func<EventLoop, Task> body)
    {
        var clock = new VirtualTimeProvider();
        return Run(async () =>
        {
            await using var other = new EventLoopThread(Options() with { Name = "other loop", Clock = clock });
            await body(other.Loop);
        }, options => options with { Clock = clock });
    }

    [Fact]
    public void Body_RunsThere_AndTheResultComesBack()
    {
        var local = new AsyncLocal<int>();
        var took = Beside(async other =>
        {
            var here = EventLoop.Current;
            local.Value = 4;
            Assert.Equal((other, 4), await other.InvokeAsync(async () =>
            {
                await EventLoop.Delay(Sec(3));
                return (EventLoop.Current, local.Value);
            }));
            Assert.Same(here, EventLoop.Current);
            await other.InvokeAsync(() => Task.CompletedTask);
        });
        Assert.Equal(Sec(3), took);
    }

    [Fact]
    public void Error_IsTheVeryException() => Beside(async other =>
    {
        var error = new FormatException();
        Assert.Same(error, await Raises<FormatException>(() => other.InvokeAsync(() => throw error)));
    });

    [Fact]
    public void Cancellation_ReachesTheBody_AndIsAwaited() => Assert.Equal(Sec(6), Beside(async other =>
    {
        List<string> log = [];
        bool moved = await CancelScope.MoveOnAfterAsync(Sec(1), () => other.InvokeAsync(async () =>
        {
            try
            {
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
            }
            finally
            {
                using var shield = CancelScope.Enter(shield: true);
                await EventLoop.Delay(Sec(5));
                log.Add("unwound");
            }
        }));
        Assert.True(moved);
        Assert.Equal(["unwound"], log);
        Assert.Equal(Sec(6), EventLoop.Now);
    }));

    // C2: what was brought is kept.
    [Fact]
    public void ResultInSpiteOfACancellation_IsKept() => Beside(async other =>
    {
        int result = 0;
        await CancelScope.MoveOnAfterAsync(Sec(1), async () =>
        {
            result = await other.InvokeAsync(async () =>
            {
                using var shield = CancelScope.Enter(shield: true);
                await EventLoop.Delay(Sec(5));
                return 8;
            });
        });
        Assert.Equal(8, result);
    });

    [Fact]
    public void CancelledBefore_TheBodyNeverRuns() => Beside(async other =>
    {
        bool ran = false;
        using (var scope = CancelScope.Enter())
        {
            scope.Cancel();
            await Raises<OperationCanceledException>(() => other.InvokeAsync(() =>
            {
                ran = true;
                return Task.CompletedTask;
            }));
        }
        Assert.False(ran);
    });

    [Fact]
    public void OtherLoopEnds_TheCallFails() => Beside(async _ =>
    {
        var ending = new EventLoopThread(EventLoopOptionsOnThisClock());
        var error = await Raises<OperationCanceledException>(() => ending.Loop.InvokeAsync(async () =>
        {
            ending.RequestStop();
            await EventLoop.Delay(Timeout.InfiniteTimeSpan);
        }));
        Assert.False(EventLoop.CurrentTask.IsCancelled);
        Says(error, "was cancelled there");
        await ending.StopAsync();
        await Raises<EventLoopClosedException>(() => ending.Loop.InvokeAsync(() => Task.CompletedTask));
    });

    private static EventLoopOptions EventLoopOptionsOnThisClock() => Options() with { Name = "ending loop", Clock = EventLoop.Current.Core.Clock.Provider };

    [Fact]
    public void OnItsOwnLoop_ItJustRuns() => Run(async () =>
    {
        var task = EventLoop.CurrentTask;
        Assert.Same(task, await EventLoop.Current.InvokeAsync(() => Task.FromResult(EventLoop.CurrentTask)));
    });

    [Fact]
    public void OffTheLoop_Throws() => Run(async () =>
    {
        var loop = EventLoop.Current;
        await Task.Run(() => Raises<LoopAffinityException>(() => loop.InvokeAsync(() => Task.CompletedTask)));
    });

    [Fact]
    public void ThereAndBackAgain_DoesNotDeadlock() => Beside(async other =>
    {
        var here = EventLoop.Current;
        Assert.Equal(3, await other.InvokeAsync(async () => 1 + await here.InvokeAsync(async () =>
        {
            await EventLoop.Delay(Sec(1));
            return 2;
        })));
    });

    [Fact]
    public void ManyCalls_BothWays_AllComeBack() => Beside(async other =>
    {
        var here = EventLoop.Current;
        int sum = 0;
        await TaskGroup.RunAsync(group =>
        {
            for (int i = 1; i <= 100; i++)
            {
                int number = i;
                group.Spawn(async () =>
                {
                    int brought = await other.InvokeAsync(async () =>
                    {
                        await EventLoop.Delay(TimeSpan.FromMilliseconds(number % 7));
                        return await here.InvokeAsync(() => Task.FromResult(number));
                    });
                    sum += brought;
                });
            }
            return Task.CompletedTask;
        });
        Assert.Equal(5050, sum);
    });
}
