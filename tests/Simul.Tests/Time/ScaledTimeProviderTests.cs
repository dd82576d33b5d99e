namespace Simul.Tests.Time;

public class ScaledTimeProviderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(double.NaN)]
    [InlineData(double.PositiveInfinity)]
    public void Constructor_BadSpeed_Throws(double speed) =>
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => new ScaledTimeProvider(speed)), "above 0");

    [Fact]
    public void Time_RunsFaster()
    {
        var inner = new VirtualTimeProvider();
        var clock = new ScaledTimeProvider(1000, inner);
        var start = clock.GetUtcNow();
        inner.Sleep(Sec(2));
        Assert.Equal(Sec(2000), clock.Elapsed);
        Assert.Equal(Sec(2000), clock.GetUtcNow() - start);
        Assert.Equal(1000, clock.Speed);
    }

    // Rounded up: a wait never ends early.
    [Fact]
    public void ToInner_RoundsUp_AndKeepsInfinity()
    {
        var clock = new ScaledTimeProvider(3);
        Assert.Equal(TimeSpan.FromTicks(4), clock.ToInner(TimeSpan.FromTicks(10)));
        Assert.Equal(Timeout.InfiniteTimeSpan, clock.ToInner(Timeout.InfiniteTimeSpan));
        Assert.True(new ScaledTimeProvider(0.001).ToInner(TimeSpan.FromDays(10_000_000)) > TimeSpan.Zero);
    }

    [Fact]
    public void Timer_FiresOnTheInnerClock()
    {
        var inner = new VirtualTimeProvider();
        var clock = new ScaledTimeProvider(10, inner);
        Assert.True(Task.Delay(Sec(100), clock).Wait(Sec(60)));
        Assert.Equal(Sec(10), inner.Elapsed);
    }

    [Fact]
    public void Loop_OnAScaledClock_WaitsItsTime()
    {
        var clock = new ScaledTimeProvider(10_000);
        var took = OnThread(() => EventLoop.Run(async () =>
        {
            var start = EventLoop.Now;
            for (int i = 0; i < 5; i++) await EventLoop.Delay(Sec(10));
            return EventLoop.Now - start;
        }, new EventLoopOptions { Clock = clock }));
        Assert.True(took >= Sec(50), $"{took}");
    }

    [Fact]
    public void Sleep_OnAScaledClock_LastsItsTime()
    {
        var clock = new ScaledTimeProvider(10_000);
        clock.Sleep(Sec(30));
        Assert.True(clock.Elapsed >= Sec(30));
    }

    // Somebody else's clock, known only by its timers.
    [Fact]
    public void Loop_OnAForeignClock_IsWokenByItsTimers()
    {
        var clock = new ForeignClock();
        Assert.Equal(3, OnThread(() => EventLoop.Run(async () =>
        {
            for (int i = 0; i < 3; i++) await EventLoop.Delay(TimeSpan.FromMilliseconds(2));
            return 3;
        }, new EventLoopOptions { Clock = clock })));
        Assert.True(clock.Timers >= 1);
    }

    private sealed class ForeignClock : TimeProvider
    {
        public int Timers;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            Interlocked.Increment(ref Timers);
            return base.CreateTimer(callback, state, dueTime, period);
        }
    }
}
