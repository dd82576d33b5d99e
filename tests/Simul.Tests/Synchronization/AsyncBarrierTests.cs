namespace Simul.Tests.Synchronization;

public class AsyncBarrierTests
{
    [Fact]
    public void Constructor_NoParticipants_Throws() => Assert.Throws<ArgumentOutOfRangeException>(() => new AsyncBarrier(0));

    // A78, A79
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(7)]
    public void Wait_OfAll_GivesEachPlaceOnceAndOneLeader(int participants) => Run(async () =>
    {
        var barrier = new AsyncBarrier(participants);
        List<int> arrived = [], places = [];
        await TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < participants; i++)
            {
                int n = i;
                group.Spawn(async () =>
                {
                    arrived.Add(n);
                    int place = await barrier.SignalAndWaitAsync();
                    places.Add(place);
                    Assert.Equal(participants, arrived.Count);
                    Assert.Equal(n, arrived[place]);
                });
            }
            return Task.CompletedTask;
        });
        Assert.Equal(Enumerable.Range(0, participants), places.Order());
        Assert.Equal(new AsyncBarrierStatistics(participants, 0, 1, false), barrier.GetStatistics());
    });

    // A78
    [Fact]
    public void Phases_FollowEachOther_NobodyIsAheadByTwo() => Run(async () =>
    {
        var barrier = new AsyncBarrier(3);
        int[] phases = new int[3];
        int leaders = 0;
        await TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < 3; i++)
            {
                int n = i;
                group.Spawn(async () =>
                {
                    for (int phase = 0; phase < 10; phase++)
                    {
                        phases[n] = phase;
                        if (await barrier.SignalAndWaitAsync() == 0) leaders++;
                        Assert.All(phases, other => Assert.InRange(other, phase, phase + 1));
                    }
                });
            }
            return Task.CompletedTask;
        });
        Assert.Equal(10, leaders);
        Assert.Equal(10, barrier.CurrentPhase);
    });

    // A78: who comes while the others have not gone on yet waits for the next phase.
    [Fact]
    public void Arrival_WhileThePhaseDrains_WaitsForTheNext() => Run(async () =>
    {
        var barrier = new AsyncBarrier(2);
        await TaskGroup.RunAsync(async group =>
        {
            var first = group.Spawn(async () => Assert.Equal(0, await barrier.SignalAndWaitAsync()));
            await Settle();
            Assert.Equal(1, await barrier.SignalAndWaitAsync());
            Assert.False(first.IsCompleted);
            var next = barrier.SignalAndWaitAsync();
            await Settle();
            Assert.True(first.IsCompleted);
            Assert.False(next.IsCompleted);
            Assert.Equal(new AsyncBarrierStatistics(2, 1, 1, false), barrier.GetStatistics());
            group.Spawn(async () => await barrier.SignalAndWaitAsync());
            Assert.Equal(0, await next);
        });
        Assert.Equal(2, barrier.CurrentPhase);
    });

    // A78: unlike the BCL's and Python's for threads, which break.
    [Fact]
    public void Cancel_OfOneWaiter_OnlyLowersTheCount() => Run(async () =>
    {
        var barrier = new AsyncBarrier(3);
        List<int> places = [];
        await TaskGroup.RunAsync(async group =>
        {
            LoopTask Spawn() => group.Spawn(async () => places.Add(await barrier.SignalAndWaitAsync()));
            var gone = Spawn();
            Spawn();
            await Settle();
            gone.Cancel();
            Assert.Equal(1, barrier.GetStatistics().CurrentWaiters);
            Spawn();
            await Settle();
            Assert.Empty(places);
            Spawn();
        });
        Assert.Equal([0, 1, 2], places.Order());
        Assert.False(barrier.IsBroken);
    });

    // C2
    [Fact]
    public void Cancel_AfterTheLastCame_IsTooLate() => Run(async () =>
    {
        var barrier = new AsyncBarrier(2);
        bool passed = false;
        await TaskGroup.RunAsync(async group =>
        {
            var first = group.Spawn(async () =>
            {
                await barrier.SignalAndWaitAsync();
                passed = true;
            });
            await Settle();
            await barrier.SignalAndWaitAsync();
            first.Cancel();
        });
        Assert.True(passed);
    });

    [Fact]
    public void Arrival_InACancelledScope_DoesNotCount() => Run(async () =>
    {
        var barrier = new AsyncBarrier(1);
        using var scope = CancelScope.Enter();
        scope.Cancel();
        await Raises<OperationCanceledException>(() => barrier.SignalAndWaitAsync().AsTask());
        Assert.Equal(0, barrier.CurrentPhase);
    });

    // A78
    [Fact]
    public void Reset_SendsTheWaitersAway_AndIsUsableAgain() => Run(async () =>
    {
        var barrier = new AsyncBarrier(3, "round");
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 2; i++)
            {
                group.Spawn(async () =>
                    Says(await Raises<BrokenBarrierException>(() => barrier.SignalAndWaitAsync().AsTask()), "round", "reset"));
            }
            await Settle();
            barrier.Reset();
            Assert.Equal(new AsyncBarrierStatistics(3, 0, 0, false), barrier.GetStatistics());
            for (int i = 0; i < 3; i++) group.Spawn(async () => await barrier.SignalAndWaitAsync());
        });
        Assert.Equal(1, barrier.CurrentPhase);
    });

    // A78: those who passed have passed.
    [Fact]
    public void Reset_WhileThePhaseDrains_HitsTheNextPhaseOnly() => Run(async () =>
    {
        var barrier = new AsyncBarrier(2);
        int passed = 0;
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                await barrier.SignalAndWaitAsync();
                passed++;
            });
            await Settle();
            await barrier.SignalAndWaitAsync();
            var next = barrier.SignalAndWaitAsync();
            barrier.Reset();
            await Raises<BrokenBarrierException>(() => next.AsTask());
        });
        Assert.Equal(1, passed);
    });

    // A78
    [Fact]
    public void Abort_BreaksUntilReset() => Run(async () =>
    {
        var barrier = new AsyncBarrier(2, "round");
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () => Says(await Raises<BrokenBarrierException>(() => barrier.SignalAndWaitAsync().AsTask()), "round", "aborted", "Reset"));
            await Settle();
            barrier.Abort();
            barrier.Abort();
        });
        Assert.True(barrier.IsBroken);
        await Raises<BrokenBarrierException>(() => barrier.SignalAndWaitAsync().AsTask());
        Assert.Equal(new AsyncBarrierStatistics(2, 0, 0, true), barrier.GetStatistics());
        barrier.Reset();
        await Task.WhenAll(barrier.SignalAndWaitAsync().AsTask(), barrier.SignalAndWaitAsync().AsTask());
        Assert.Equal(new AsyncBarrierStatistics(2, 0, 1, false), barrier.GetStatistics());
    });

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void AbortAndReset_FromAnotherThread_ArePosted(bool abort) => Run(async () =>
    {
        var barrier = new AsyncBarrier(2);
        using var open = EventLoop.Current.HoldOpen();
        var wait = barrier.SignalAndWaitAsync();
        new Thread(abort ? barrier.Abort : barrier.Reset).Start();
        await Raises<BrokenBarrierException>(() => wait.AsTask());
        Assert.Equal(abort, barrier.IsBroken);
    });

    [Fact]
    public void Stall_SaysHowManyAreThere()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(async () => await new AsyncBarrier(3, "round").SignalAndWaitAsync()));
        Says(error, "the barrier 'round', 1 of 3 there");
    }
}
