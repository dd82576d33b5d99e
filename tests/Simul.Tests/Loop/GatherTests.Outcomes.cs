namespace Simul.Tests.Loop;

public partial class GatherTests
{
    // A88, return_exceptions
    [Fact]
    public void Outcomes_OfOperations_RaiseNothing() => Run(async () =>
    {
        var outcomes = await EventLoop.GatherOutcomesAsync(After(2, 1), FailAfter(1, "bad"), After(1, 3));
        Assert.Equal(Sec(2), EventLoop.Now);
        Assert.Equal([true, false, true], outcomes.Select(o => o.IsSuccess));
        Assert.Equal(1, outcomes[0].Result);
        Assert.Equal(LoopTaskStatus.Succeeded, outcomes[0].Status);
        Assert.Equal(LoopTaskStatus.Failed, outcomes[1].Status);
        Assert.Equal("bad", Assert.IsType<FormatException>(outcomes[1].Error).Message);
        Assert.Contains(nameof(FailAfter), Assert.Throws<FormatException>(() => outcomes[1].Result).StackTrace);
        Assert.False(outcomes[1].TryGetResult(out _));
        Assert.True(outcomes[2].TryGetResult(out int three));
        Assert.Equal(3, three);
    });

    [Fact]
    public void Outcomes_WithoutResults_RaiseNothing() => Run(async () =>
    {
        var outcomes = await EventLoop.GatherOutcomesAsync(EventLoop.Delay(Sec(1)), ValueTask.FromException(new FormatException()));
        outcomes[0].ThrowIfFailed();
        Assert.Equal(LoopTaskStatus.Succeeded, outcomes[0].Status);
        Assert.Throws<FormatException>(outcomes[1].ThrowIfFailed);
        var bodies = await EventLoop.GatherOutcomesAsync([() => EventLoop.Yield().AsTask(), () => throw new FormatException()]);
        Assert.True(bodies[0].IsSuccess);
        Assert.Equal(LoopTaskStatus.Failed, bodies[1].Status);
    });

    // A88, A89: what was cancelled says so, and an OperationCanceledException that nobody ordered is a failure.
    [Fact]
    public void Outcomes_OfLoopTasks_TellCancelledFromFailed() => Run(async () =>
    {
        var loop = EventLoop.Current;
        var cancelled = loop.Spawn(() => After(10, 1).AsTask());
        loop.CallLater(Sec(1), () => cancelled.Cancel("why"));
        var failed = loop.Spawn<int>(() => throw new OperationCanceledException("its own time limit"));
        var good = loop.Spawn(() => After(2, 3).AsTask());
        var outcomes = await EventLoop.GatherOutcomesAsync([cancelled, failed, good, good]);
        Assert.Equal([LoopTaskStatus.Cancelled, LoopTaskStatus.Failed, LoopTaskStatus.Succeeded, LoopTaskStatus.Succeeded], outcomes.Select(o => o.Status));
        Says(outcomes[0].Error!, "why");
        Says(outcomes[1].Error!, "time limit");
        Assert.Equal(3, outcomes[3].Result);
    });

    [Fact]
    public void Outcomes_OfBodies_Cancelled_CancelsThemAndWaits() => Run(async () =>
    {
        int unwound = 0;
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await EventLoop.GatherOutcomesAsync([() => Body(), () => Body()])));
        Assert.Equal(2, unwound);
        Assert.Equal(Sec(2), EventLoop.Now);

        async Task<int> Body()
        {
            try
            {
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
            }
            finally
            {
                using (CancelScope.Enter(shield: true)) await EventLoop.Delay(Sec(1));
                unwound++;
            }
            return 0;
        }
    });

    // A93: biased to the first.
    [Fact]
    public void Race_OfSeveralThatAreThere_TheFirstWins() => Run(async () =>
    {
        for (int i = 0; i < 10; i++)
            Assert.Equal((1, 20), await EventLoop.RaceAsync(Never(), new ValueTask<int>(20), new ValueTask<int>(30)));
    });

    // A93: an unbiased form.
    [Fact]
    public void RaceUnbiased_OfSeveralThatAreThere_EachWinsNowAndThen() => Run(async () =>
    {
        int[] won = new int[3];
        for (int i = 0; i < 30; i++) won[(await EventLoop.RaceUnbiasedAsync(new ValueTask<int>(1), new ValueTask<int>(2), new ValueTask<int>(3))).Index]++;
        Assert.Equal([10, 10, 10], won);
    });

    [Fact]
    public void Race_FirstToEnd_Wins_AndTheOthersGoOn() => Run(async () =>
    {
        bool ended = false;
        Assert.Equal((1, 8), await EventLoop.RaceAsync(Slow(), After(1, 8), After(2, 9)));
        Assert.Equal(Sec(1), EventLoop.Now);
        Assert.False(ended);
        await EventLoop.Delay(Sec(9));
        Assert.True(ended);
        Assert.Equal(1, await EventLoop.RaceAsync(EventLoop.Delay(Sec(2)), EventLoop.Delay(Sec(1))));
        await EventLoop.Delay(Sec(2));

        async ValueTask<int> Slow()
        {
            await EventLoop.Delay(Sec(5));
            ended = true;
            return 7;
        }
    });

    [Fact]
    public void Race_FirstToEndFails_RaisesIt_AndALaterFailureIsLogged()
    {
        List<string> lines = [];
        Run(async () =>
        {
            Says(await Raises<FormatException>(async () => await EventLoop.RaceAsync(FailAfter(1, "first"), FailAfter(2, "late"), After(3, 1))), "first");
            await EventLoop.Delay(Sec(5));
        }, o => o with { Log = lines.Add });
        Assert.Contains("late", Assert.Single(lines));
    }

    [Fact]
    public void Race_OfNothing_Throws() => Run(async () =>
    {
        await Raises<ArgumentException>(async () => await EventLoop.RaceAsync<int>());
        await Raises<ArgumentException>(async () => await EventLoop.RaceAsync());
        await Raises<ArgumentException>(async () => await EventLoop.RaceUnbiasedAsync<int>());
    });

    [Fact]
    public void Race_Cancelled_Raises() => Run(async () =>
    {
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await EventLoop.RaceAsync(Never(), After(5, 1))));
        Assert.Equal(Sec(1), EventLoop.Now);
    });
}
