namespace Simul.Tests.Loop;

public class PeriodicTests
{
    // Blocks the loop, as a long callback does.
    private static void Block(double seconds) => ClockMember.Current!.Clock.Sleep(Sec(seconds));

    private static Task<string> TicksAfterALateOne(MissedTicks missed, int count) => Ticks(missed, count, late: 3.7);

    // Of a period of a second, the reader being late for the second tick.
    private static async Task<string> Ticks(MissedTicks missed, int count, double late)
    {
        List<string> seen = [];
        await foreach (var tick in EventLoop.Ticks(Sec(1), missed))
        {
            seen.Add($"{tick.TotalSeconds:0.#}@{EventLoop.Now.TotalSeconds:0.#}");
            if (seen.Count == count) break;
            if (seen.Count == 1) await EventLoop.Delay(Sec(late));
        }
        return string.Join(" ", seen);
    }

    [Fact]
    public void Ticks_InTime_StandOnTheGrid() => Run(async () =>
    {
        Assert.Equal("1@1 2@2 3@3 4@4", await Ticks(MissedTicks.Skip, 4, late: 0.9));
        Assert.Equal(0, EventLoop.Current.GetStatistics().CurrentTimers);
    });

    [Fact]
    public void Ticks_Late_Skip_OneAtOnceThenTheGrid() => Run(async () =>
        Assert.Equal("1@1 2@4.7 5@5 6@6", await TicksAfterALateOne(MissedTicks.Skip, 4)));

    [Fact]
    public void Ticks_Late_Burst_AllAtOnceThenTheGrid() => Run(async () =>
        Assert.Equal("1@1 2@4.7 3@4.7 4@4.7 5@5 6@6", await TicksAfterALateOne(MissedTicks.Burst, 6)));

    [Fact]
    public void Ticks_Late_Delay_OneAtOnceThenANewGrid() => Run(async () =>
        Assert.Equal("1@1 2@4.7 5.7@5.7 6.7@6.7", await TicksAfterALateOne(MissedTicks.Delay, 4)));

    [Fact]
    public void Ticks_TheLoopBlocked_DoNotDrift() => Run(async () =>
    {
        EventLoop.Current.CallLater(Sec(0.8), () => Block(0.5)); // over the first tick
        Assert.Equal("1@1.3 2@2 3@3", await Ticks(MissedTicks.Delay, 3, late: 0));
    });

    [Fact]
    public void Ticks_Cancelled_RaiseAtEachStep() => Run(async () =>
    {
        int seen = 0;
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(2.5), async () =>
        {
            await foreach (var _ in EventLoop.Ticks(Sec(1))) seen++;
        }));
        Assert.Equal(2, seen);
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(0), async () =>
        {
            await foreach (var _ in EventLoop.Ticks(Sec(1))) Assert.Fail("cancelled");
        }));
        Assert.Equal(Sec(2.5), EventLoop.Now);
    });

    [Fact]
    public void Ticks_WithATokenThatIsCancelled_EndTheWait() => Run(async () =>
    {
        using var source = new CancellationTokenSource(Sec(1.5), EventLoop.Current.TimeProvider);
        int seen = 0;
        var error = await Raises<OperationCanceledException>(async () =>
        {
            await foreach (var _ in EventLoop.Ticks(Sec(1)).WithCancellation(source.Token)) seen++;
        });
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.Equal(1, seen);
        Assert.Equal(Sec(1.5), EventLoop.Now);
    });

    // Ticks that are always late must not starve the others.
    [Fact]
    public void Ticks_AlwaysLate_GiveUpTheTurnNowAndThen() => Run(async () =>
    {
        bool other = false;
        Block(1);
        int seen = 0;
        await foreach (var _ in EventLoop.Ticks(TimeSpan.FromTicks(1), MissedTicks.Burst))
        {
            if (seen++ == 0)
            {
                Block(0.01);
                EventLoop.Current.CallSoon(() => other = true);
            }
            if (other || seen > 50_000) break;
        }
        Assert.True(other);
    });

    [Fact]
    public void Ticks_ReadTwice_HaveEachTheirOwnBeginning() => Run(async () =>
    {
        var ticks = EventLoop.Ticks(Sec(1));
        await foreach (var _ in ticks) break;
        await EventLoop.Delay(Sec(0.5));
        await foreach (var tick in ticks)
        {
            Assert.Equal(Sec(2.5), tick);
            break;
        }
    });

    [Fact]
    public void CallEvery_CallsOnTheGrid_UntilCancelled() => Run(async () =>
    {
        List<double> at = [];
        var handle = EventLoop.Current.CallEvery(Sec(2), () => at.Add(EventLoop.Now.TotalSeconds));
        Assert.True(handle.IsPending);
        await EventLoop.Delay(Sec(7));
        Assert.True(handle.IsPending);
        handle.Cancel();
        Assert.False(handle.IsPending);
        await EventLoop.Delay(Sec(7));
        Assert.Equal([2, 4, 6], at);
    });

    [Fact]
    public void CallEvery_TheLoopBlocked_DoesAsTold()
    {
        Assert.Equal("1.0 4.7 5.0 6.0", Trace(MissedTicks.Skip));
        Assert.Equal("1.0 4.7 5.7 6.7", Trace(MissedTicks.Delay));
        Assert.Equal("1.0 4.7 4.7 4.7 5.0 6.0", Trace(MissedTicks.Burst));

        static string Trace(MissedTicks missed) => Sim.Trace(async log =>
        {
            EventLoop.Current.CallEvery(Sec(1), () => log.Add($"{EventLoop.Now.TotalSeconds:0.0}"), missed);
            EventLoop.Current.CallLater(Sec(1.2), () => Block(3.5));
            await EventLoop.Delay(Sec(6.8));
        });
    }

    [Fact]
    public void CallEvery_CancelledByItself_IsNotCalledAgain() => Run(async () =>
    {
        int calls = 0;
        TimerHandle? handle = null;
        handle = EventLoop.Current.CallEvery(Sec(1), () =>
        {
            calls++;
            handle!.Cancel();
        }, MissedTicks.Burst);
        Block(5); // three more are due by then
        await EventLoop.Delay(Sec(10));
        Assert.Equal(1, calls);
    });

    [Fact]
    public void CallEvery_Throwing_GoesOn()
    {
        List<Exception> errors = [];
        Run(async () =>
        {
            EventLoop.Current.CallEvery(Sec(1), () => throw new FormatException());
            await EventLoop.Delay(Sec(3.5));
        }, o => o with { UnhandledError = errors.Add });
        Assert.Equal(3, errors.Count);
    }

    // L12
    [Fact]
    public void CallEvery_CarriesTheContextOfItsMoment_AndLeaksNothing() => Run(async () =>
    {
        var local = new AsyncLocal<int> { Value = 1 };
        List<int> seen = [];
        EventLoop.Current.CallEvery(Sec(1), () =>
        {
            seen.Add(local.Value);
            local.Value = 99;
        });
        local.Value = 2;
        await EventLoop.Delay(Sec(3.5));
        Assert.Equal([1, 1, 1], seen);
        Assert.Equal(2, local.Value);
    });

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    public void Periods_ThatAreNone_Throw(int seconds) => Run(() =>
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => EventLoop.Ticks(Sec(seconds)));
        Assert.Throws<ArgumentOutOfRangeException>(() => EventLoop.Current.CallEvery(Sec(seconds), () => { }));
        return Task.CompletedTask;
    });

    [Fact]
    public void Periods_BehindTheEndOfTime_Throw() => Run(async () =>
    {
        await EventLoop.Delay(Sec(1));
        Assert.Throws<ArgumentOutOfRangeException>(() => EventLoop.Current.CallEvery(TimeSpan.MaxValue, () => { }));
        await Raises<ArgumentOutOfRangeException>(async () =>
        {
            await foreach (var _ in EventLoop.Ticks(TimeSpan.MaxValue)) { }
        });
        // The first call is in time, the second would be behind the end: it never comes.
        int calls = 0;
        var handle = EventLoop.Current.CallEvery(TimeSpan.FromDays(20_000), () => calls++);
        await EventLoop.Delay(TimeSpan.FromDays(50_000));
        Assert.Equal(2, calls);
        handle.Cancel();
    });

    // The BCL's timer on the loop: from the moment it was due, not from when it was noticed.
    [Fact]
    public void TimeProviderTimer_TheLoopBlocked_DoesNotDrift() => Run(async () =>
    {
        List<double> at = [];
        using var timer = EventLoop.Current.TimeProvider.CreateTimer(_ => at.Add(Math.Round(EventLoop.Now.TotalSeconds, 1)), null, Sec(1), Sec(1));
        EventLoop.Current.CallLater(Sec(1.8), () => Block(0.5));
        EventLoop.Current.CallLater(Sec(3.5), () => Block(3.2));
        await EventLoop.Delay(Sec(8.5));
        Assert.Equal([1, 2.3, 3, 6.7, 7, 8], at);
    });

    [Fact]
    public void PeriodicTimer_TheLoopBlocked_DoesNotDrift() => Run(async () =>
    {
        using var timer = new PeriodicTimer(Sec(1), EventLoop.Current.TimeProvider);
        await timer.WaitForNextTickAsync();
        Block(2.5);
        await timer.WaitForNextTickAsync();
        Assert.Equal(Sec(3.5), EventLoop.Now);
        await timer.WaitForNextTickAsync();
        Assert.Equal(Sec(4), EventLoop.Now);
    });
}
