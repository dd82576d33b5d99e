namespace Simul.Tests.Time;

public partial class VirtualTimeProviderTests
{
    [Fact]
    public void Start_IsFixed_AndAdvancesWithTheLoop()
    {
        var clock = new VirtualTimeProvider();
        Assert.Equal(new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), clock.GetUtcNow());
        OnThread(() => EventLoop.Run(() => EventLoop.Delay(TimeSpan.FromHours(12)).AsTask(), new EventLoopOptions { Clock = clock }));
        Assert.Equal(TimeSpan.FromHours(12), clock.Elapsed);
        Assert.Equal(12, clock.GetUtcNow().Hour);
        Assert.Equal(clock.Elapsed, clock.GetElapsedTime(0));
        Assert.Equal(TimeZoneInfo.Utc, clock.LocalTimeZone);
    }

    [Fact]
    public void Join_Busy_HoldsTheClock()
    {
        var clock = new VirtualTimeProvider();
        var worker = clock.Join("worker");
        bool woken = false;
        var waiter = clock.Join("waiter", () => woken = true);
        Assert.False(waiter.IdleUntil(Sec(5)));
        Assert.Equal(TimeSpan.Zero, clock.Elapsed);
        Assert.False(woken);
        worker.Dispose();
        Assert.Equal(Sec(5), clock.Elapsed);
        Assert.True(woken);
        waiter.Dispose();
        waiter.Dispose();
    }

    [Fact]
    public void IdleUntil_TheLastOneToIdle_JumpsToTheSmallestDeadline()
    {
        var clock = new VirtualTimeProvider();
        List<string> woken = [];
        var a = clock.Join("a", () => woken.Add("a"));
        var b = clock.Join("b", () => woken.Add("b"));
        Assert.False(a.IdleUntil(Sec(3)));
        Assert.False(b.IdleUntil(Sec(8)));
        Assert.Equal(Sec(3), clock.Elapsed);
        Assert.Equal(["a"], woken);
        Assert.True(a.IdleUntil(Sec(7)));
        Assert.Equal(["a"], woken);
        Assert.False(a.IdleUntil(TimeSpan.MaxValue));
        Assert.Equal(["a", "b"], woken);
        Assert.Equal(Sec(8), clock.Elapsed);
        Assert.False(clock.IsStalled);
        b.IdleUntil(TimeSpan.MaxValue);
        Assert.True(clock.IsStalled);
    }

    // Those due at the same moment hold the clock before the first of them can idle again.
    [Fact]
    public void Jump_SeveralDue_AllHoldTheClock()
    {
        var clock = new VirtualTimeProvider();
        var members = Enumerable.Range(0, 3).Select(i => clock.Join($"{i}")).ToList();
        members[0].IdleUntil(Sec(1));
        members[1].IdleUntil(Sec(1));
        Assert.True(members[2].IdleUntil(Sec(1)));
        members[2].IdleUntil(Sec(2));
        members[1].IdleUntil(Sec(2));
        Assert.Equal(Sec(1), clock.Elapsed);
        members[0].IdleUntil(Sec(3));
        Assert.Equal(Sec(2), clock.Elapsed);
    }

    [Fact]
    public void Busy_OfAnIdleMember_HoldsTheClock_OfABusyOne_PreventsItsNextIdle()
    {
        var clock = new VirtualTimeProvider();
        var other = clock.Join("other");
        var member = clock.Join("member");
        member.IdleUntil(Sec(5));
        member.Busy();
        other.Dispose();
        Assert.Equal(TimeSpan.Zero, clock.Elapsed);
        member.Busy();
        Assert.True(member.IdleUntil(Sec(5)));
        Assert.Equal(TimeSpan.Zero, clock.Elapsed);
        Assert.True(member.IdleUntil(Sec(5)));
        Assert.Equal(Sec(5), clock.Elapsed);
    }

    // A95
    [Fact]
    public void IdleUntil_ThePast_NeverGoesBack()
    {
        var clock = new VirtualTimeProvider();
        var member = clock.Join("member");
        member.IdleUntil(Sec(5));
        Assert.True(member.IdleUntil(Sec(2)));
        Assert.Equal(Sec(5), clock.Elapsed);
        member.Dispose();
        Assert.True(member.IdleUntil(Sec(50)));
        Assert.Equal(Sec(5), clock.Elapsed);
    }

    [Fact]
    public void Sleep_OnAPlainThread_JoinsForItsLength()
    {
        var clock = new VirtualTimeProvider();
        clock.Sleep(Sec(30));
        clock.Sleep(TimeSpan.Zero);
        clock.Sleep(Sec(-3));
        Assert.Equal(Sec(30), clock.Elapsed);
        using var source = new CancellationTokenSource();
        source.Cancel();
        Assert.Throws<OperationCanceledException>(() => clock.Sleep(Sec(1), source.Token));
    }

    [Fact]
    public void Sleep_Cancelled_EndsEarly_AndTheNextSleepIsWhole()
    {
        var clock = new VirtualTimeProvider();
        var holder = clock.Join("holder");
        for (int i = 0; i < 20; i++)
        {
            using var source = new CancellationTokenSource();
            using var started = new ManualResetEventSlim();
            var sleeper = Task.Run(() =>
            {
                using var member = clock.Join("sleeper");
                ClockMember.Current = member;
                try
                {
                    started.Set();
                    Assert.Throws<OperationCanceledException>(() => clock.Sleep(Sec(1), source.Token));
                    Assert.Equal(ClockMemberState.Busy, member.State);
                }
                finally
                {
                    ClockMember.Current = null;
                }
            });
            started.Wait();
            source.Cancel();
            Assert.True(sleeper.Wait(Sec(60)));
        }
        Assert.Equal(TimeSpan.Zero, clock.Elapsed);
        holder.Dispose();
        clock.Sleep(Sec(2));
        Assert.Equal(Sec(2), clock.Elapsed);
    }

    // On a loop's own thread the whole loop sleeps, and its timers with it.
    [Fact]
    public void Sleep_OnTheLoopsThread_StopsTheLoop() => Run(async () =>
    {
        List<TimeSpan> fired = [];
        EventLoop.Current.CallLater(Sec(2), () => fired.Add(EventLoop.Now));
        EventLoop.Current.TimeProvider.Sleep(TimeSpan.Zero);
        WorkClock().Sleep(Sec(10));
        await EventLoop.Yield();
        await EventLoop.Delay(Sec(1));
        Assert.Equal([Sec(10)], fired);
        Assert.Equal(Sec(11), EventLoop.Now);
    });

    private static TimeProvider WorkClock() => ClockMember.Current!.Clock;
}
