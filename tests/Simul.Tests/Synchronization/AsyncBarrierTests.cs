namespace Simul.Tests.Synchronization;

public class AsyncBarrierTests
{
    // A78, A79
    [Fact]
    public void SignalAndWait_AllGoOnTogether_EachPlaceOnceAPhase() => Run(async () =>
    {
        var barrier = new AsyncBarrier(4, "start");
        var places = new List<int>[3];
        for (int i = 0; i < 3; i++) places[i] = [];
        int inPhase = 0;
        await TaskGroup.RunAsync(group =>
        {
            for (int t = 0; t < 4; t++)
            {
                int n = t;
                group.Spawn(async () =>
                {
                    for (int phase = 0; phase < 3; phase++)
                    {
                        await EventLoop.Delay(Sec(n));
                        inPhase++;
                        places[phase].Add(await barrier.SignalAndWaitAsync());
                        Assert.True(inPhase >= 4 * (phase + 1), "went on before all were there");
                    }
                });
            }
            return Task.CompletedTask;
        });
        foreach (var phase in places) Assert.Equal([0, 1, 2, 3], phase.Order());
        Assert.Equal(new AsyncBarrierStatistics(4, 0, 3, false), barrier.GetStatistics());
    });

    // A78: unlike threading.Barrier, one that gives up breaks nothing.
    [Fact]
    public void Cancel_OfOneWaiter_OnlyLowersTheCount() => Run(async () =>
    {
        var barrier = new AsyncBarrier(3);
        int through = 0;
        await TaskGroup.RunAsync(async group =>
        {
            async Task Arrive()
            {
                await barrier.SignalAndWaitAsync();
                through++;
            }
            var first = group.Spawn(Arrive);
            group.Spawn(Arrive);
            await EventLoop.Delay(Sec(1));
            first.Cancel();
            await EventLoop.Delay(Sec(1));
            Assert.Equal(1, barrier.GetStatistics().CurrentWaiters);
            group.Spawn(Arrive);
            await EventLoop.Delay(Sec(1));
            Assert.Equal(0, through);
            group.Spawn(Arrive);
        });
        Assert.Equal(3, through);
    });

    [Fact]
    public void Reset_SendsWaitersAway_AndIsUsableAgain() => Run(async () =>
    {
        var barrier = new AsyncBarrier(2, "gate");
        await TaskGroup.RunAsync(async group =>
        {
            var waiter = group.Spawn(async () => Says(await Raises<BrokenBarrierException>(async () => await barrier.SignalAndWaitAsync()), "the barrier 'gate'", "reset"));
            await EventLoop.Delay(Sec(1));
            barrier.Reset();
            await waiter;
            group.Spawn(async () => await barrier.SignalAndWaitAsync());
            group.Spawn(async () => await barrier.SignalAndWaitAsync());
        });
        Assert.Equal(1, barrier.CurrentPhase);
    });

    [Fact]
    public void Abort_BreaksUntilReset() => Run(async () =>
    {
        var barrier = new AsyncBarrier(2);
        await TaskGroup.RunAsync(async group =>
        {
            var waiter = group.Spawn(async () => await Raises<BrokenBarrierException>(async () => await barrier.SignalAndWaitAsync()));
            await EventLoop.Delay(Sec(1));
            barrier.Abort();
            await waiter;
            Assert.True(barrier.IsBroken);
            Says(await Raises<BrokenBarrierException>(async () => await barrier.SignalAndWaitAsync()), "Call Reset");
            barrier.Reset();
            group.Spawn(async () => await barrier.SignalAndWaitAsync());
            group.Spawn(async () => await barrier.SignalAndWaitAsync());
        });
        Assert.False(barrier.IsBroken);
    });

    // A granted phase stands, also for one that is cancelled in that turn.
    [Fact]
    public void Cancel_InTheTurnOfTheLastArrival_ThePhaseStands() => Run(async () =>
    {
        var barrier = new AsyncBarrier(2);
        int through = 0;
        await TaskGroup.RunAsync(async group =>
        {
            var first = group.Spawn(async () =>
            {
                await barrier.SignalAndWaitAsync();
                through++;
            });
            await EventLoop.Delay(Sec(1));
            Assert.Equal(1, await barrier.SignalAndWaitAsync());
            first.Cancel();
        });
        Assert.Equal(1, through);
    });

    [Fact]
    public void Misuse_IsNamed()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AsyncBarrier(0));
        var barrier = new AsyncBarrier(2, "pair");
        Assert.Throws<LoopAffinityException>(() => { _ = barrier.SignalAndWaitAsync(); });
        Says(Assert.Throws<LoopStalledException>(() => Run(async () => await barrier.SignalAndWaitAsync())), "the barrier 'pair', 1 of 2 there");
    }
}
