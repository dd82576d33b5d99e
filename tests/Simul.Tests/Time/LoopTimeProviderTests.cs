namespace Simul.Tests.Time;

public class LoopTimeProviderTests
{
    [Fact]
    public void PeriodicTimer_TicksOnTheLoop() => Run(async () =>
    {
        using var timer = new PeriodicTimer(Sec(2), EventLoop.Current.TimeProvider);
        for (int i = 1; i <= 5; i++)
        {
            Assert.True(await timer.WaitForNextTickAsync());
            Assert.Equal(Sec(2 * i), EventLoop.Now);
        }
        timer.Dispose();
        Assert.False(await timer.WaitForNextTickAsync());
        Assert.Equal(0, EventLoop.Current.GetStatistics().CurrentTimers);
    });

    [Fact]
    public void CancelAfter_CountsOnTheLoopsTime() => Run(async () =>
    {
        using var source = new CancellationTokenSource(Sec(3), EventLoop.Current.TimeProvider);
        bool onLoop = false;
        source.Token.Register(() => onLoop = EventLoop.CurrentOrNull is not null);
        source.CancelAfter(Sec(7));
        await Raises<OperationCanceledException>(() => Task.Delay(Timeout.InfiniteTimeSpan, EventLoop.Current.TimeProvider, source.Token));
        Assert.Equal(Sec(7), EventLoop.Now);
        Assert.True(onLoop);
    });

    [Fact]
    public void WaitAsync_TimesOutOnTheLoopsTime() => Run(async () =>
    {
        await Raises<TimeoutException>(() => new TaskCompletionSource().Task.WaitAsync(Sec(4), EventLoop.Current.TimeProvider));
        Assert.Equal(Sec(4), EventLoop.Now);
    });

    [Fact]
    public void Time_IsTheClocks() => Run(async () =>
    {
        var provider = EventLoop.Current.TimeProvider;
        long start = provider.GetTimestamp();
        var utc = provider.GetUtcNow();
        await Task.Delay(Sec(90), provider);
        Assert.Equal(Sec(90), provider.GetElapsedTime(start));
        Assert.Equal(Sec(90), provider.GetUtcNow() - utc);
        Assert.Equal(TimeZoneInfo.Utc, provider.LocalTimeZone);
    });

    [Fact]
    public void Timer_FromAnotherThread_RunsOnTheLoopInOrder() => Run(async () =>
    {
        var loop = EventLoop.Current;
        var fired = new Future<TimeSpan>();
        bool withdrawn = true;
        using var hold = loop.HoldOpen();
        var clock = ClockMember.Current!.Clock;
        await Task.Run(() =>
        {
            using var busy = clock.Join("pool thread"); // or the time would run on meanwhile
            var dead = loop.TimeProvider.CreateTimer(_ => withdrawn = false, null, Sec(1), Sec(1));
            dead.Change(Sec(2), Sec(2));
            dead.Dispose();
            dead.Dispose();
            Assert.False(dead.Change(Sec(1), Sec(1)));
            var timer = loop.TimeProvider.CreateTimer(_ => fired.TrySetResult(EventLoop.Now), null, Sec(100), Timeout.InfiniteTimeSpan);
            timer.Change(Sec(5), Timeout.InfiniteTimeSpan);
        });
        Assert.Equal(Sec(5), await fired);
        await EventLoop.Delay(Sec(200));
        Assert.True(withdrawn);
    });

    [Fact]
    public void Timer_CarriesTheContextOfItsCreation() => Run(async () =>
    {
        var local = new AsyncLocal<int> { Value = 3 };
        var seen = new Future<int>();
        using var timer = EventLoop.Current.TimeProvider.CreateTimer(_ => seen.SetResult(local.Value), null, Sec(1), Timeout.InfiniteTimeSpan);
        local.Value = 4;
        Assert.Equal(3, await seen);
    });

    [Fact]
    public void Timer_Callback_Throws_GoesToTheHandler()
    {
        List<Exception> errors = [];
        Run(async () =>
        {
            using var timer = EventLoop.Current.TimeProvider.CreateTimer(_ => throw new FormatException(), null, Sec(1), Timeout.InfiniteTimeSpan);
            await EventLoop.Delay(Sec(2));
        }, o => o with { UnhandledError = errors.Add });
        Assert.IsType<FormatException>(Assert.Single(errors));
    }

    [Fact]
    public void Timer_DisposedAsItFires_DoesNotCallBack() => Run(async () =>
    {
        bool called = false;
        ITimer? timer = null;
        EventLoop.Current.CallLater(Sec(1), () => timer!.Dispose());
        timer = EventLoop.Current.TimeProvider.CreateTimer(_ => called = true, null, Sec(1), Timeout.InfiniteTimeSpan);
        await EventLoop.Delay(Sec(2));
        Assert.False(called);
    });

    [Fact]
    public void Timer_AfterTheEnd_IsSilent()
    {
        ITimer? timer = null;
        Run(() =>
        {
            timer = EventLoop.Current.TimeProvider.CreateTimer(_ => { }, null, Sec(1), Sec(1));
            return Task.CompletedTask;
        });
        Assert.False(timer!.Change(Sec(1), Sec(1)));
        timer.Dispose();
    }
}
