namespace Simul.Processes.Tests.Contract;

public abstract partial class ExecutorContract
{
    private static readonly RetryPolicy s_always = new() { Attempts = 3, When = static _ => true };

    [Fact]
    public async Task Retry_UntilItSucceeds()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var options = new WorkOptions { Retry = RetryPolicy.On<FormatException>(5) };
        Assert.Equal(3, await Timely(executor.SubmitAsync(Works.FailTwice, folder["log"], options)));
        Assert.Equal(3, await Timely(executor.SubmitAsync(Works.FailTwiceAsync, folder["log2"], options)));
        Assert.Equal(["1", "2", "3"], Lines(folder["log"]));
        var statistics = executor.GetStatistics();
        Assert.Equal((2, 0, 4), (statistics.TotalCompleted, statistics.TotalFailed, statistics.TotalRetries));
    }

    [Fact]
    public async Task Retry_Exhausted_FailsWithTheLastError()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var error = await Raises<FormatException>(executor.SubmitAsync(Works.FailTwice, folder["log"], new WorkOptions { Retry = RetryPolicy.On<FormatException>(2) }));
        Assert.Equal("attempt 2", error.Message);
        Assert.Equal((0, 1, 1), (executor.GetStatistics().TotalCompleted, executor.GetStatistics().TotalFailed, executor.GetStatistics().TotalRetries));
    }

    [Fact]
    public async Task Retry_AnotherError_IsNotTriedAgain()
    {
        using var folder = new Folder();
        await using var executor = Make();
        await Raises<FormatException>(executor.SubmitAsync(Works.FailTwice, folder["log"], new WorkOptions { Retry = new RetryPolicy() }));
        await Raises<FormatException>(executor.SubmitAsync(Works.FailTwice, folder["log"], new WorkOptions { Retry = new RetryPolicy { When = _ => throw new InvalidOperationException() } }));
        Assert.Equal(2, Lines(folder["log"]).Length);
    }

    [Fact]
    public async Task Retry_Delay_IsWaitedForAndHoldsNoWorker()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var policy = s_always with { Delay = TimeSpan.FromMilliseconds(300) };
        var failing = executor.SubmitAsync(Works.FailTwice, folder["log"], new WorkOptions { Retry = policy });
        await Until.WrittenAsync(folder["log"]);
        Assert.Equal(5, await Timely(executor.SubmitAsync(Jobs.Noop, 5)));
        Assert.False(failing.IsCompleted);
        Assert.Equal(3, await Timely(failing));
    }

    // B54
    [Fact]
    public async Task Retry_CancelledItem_IsNotTriedAgain()
    {
        using var folder = new Folder();
        await using var executor = Make();
        using var source = new CancellationTokenSource();
        var held = await HoldAsync(executor, folder, options: new WorkOptions { Retry = s_always }, token: source.Token);
        await source.CancelAsync();
        await Raises<OperationCanceledException>(held);
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
        Assert.Single(Lines(folder["held.begun"]));
        Assert.Equal(0, executor.GetStatistics().TotalRetries);
    }

    // B54
    [Fact]
    public async Task Retry_CancelledDuringItsDelay_EndsAtOnce()
    {
        using var folder = new Folder();
        await using var executor = Make();
        using var source = new CancellationTokenSource();
        var failing = executor.SubmitAsync(Works.FailTwice, folder["log"], new WorkOptions { Retry = s_always with { Delay = TimeSpan.FromMinutes(1) } }, source.Token);
        await Until.TrueAsync(() => executor.GetStatistics().TotalRetries == 1, "it waits for its second attempt");
        await source.CancelAsync();
        Assert.Equal(source.Token, (await Raises<OperationCanceledException>(failing)).CancellationToken);
        await Timely(executor.DisposeAsync().AsTask());
    }

    [Fact]
    public async Task Retry_ExecutorEnds_TheAcceptedItemHasItsAttempts()
    {
        using var folder = new Folder();
        var executor = Make();
        var failing = executor.SubmitAsync(Works.FailTwice, folder["log"], new WorkOptions { Retry = s_always with { Delay = TimeSpan.FromMilliseconds(20) } });
        await Timely(executor.DisposeAsync().AsTask());
        Assert.Equal(3, await failing);
    }

    [Fact]
    public async Task Retry_ExecutorEndsWithCancelQueued_EndsTheDelay()
    {
        using var folder = new Folder();
        var executor = Make();
        var failing = executor.SubmitAsync(Works.FailTwice, folder["log"], new WorkOptions { Retry = s_always with { Delay = TimeSpan.FromMinutes(1) } });
        await Until.TrueAsync(() => executor.GetStatistics().TotalRetries == 1, "it waits for its second attempt");
        await Timely(executor.ShutdownAsync(ShutdownMode.CancelQueued));
        Assert.True(failing.IsCanceled);
    }

    [Fact]
    public async Task Retry_InAMap_AttemptsAreInTheOutcome()
    {
        using var folder = new Folder();
        await using var executor = Make();
        List<string> got = [];
        await foreach (var o in executor.MapOutcomesAsync(new[] { 0, 1, 2, 9 }.Select(n => (folder[$"{n}"], n)), Works.FailTimes, new MapOptions { Retry = s_always }))
            got.Add($"{o.Result} after {o.Attempts}{(o.Error is null ? "" : " failed")}");
        Assert.Equal(["0 after 1", "1 after 2", "2 after 3", "0 after 3 failed"], got);
    }

    [Fact]
    public async Task Retry_TimedOut_IsTriedAgainWhereTheFirstAttemptHasEnded()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var options = new WorkOptions { Timeout = TimeSpan.FromMilliseconds(100), Retry = RetryPolicy.On<TimeoutException>(3) };
        var task = executor.SubmitAsync(Works.HoldAsync, (folder["begun"], folder["never"]), options);
        await Raises<TimeoutException>(task);
        Assert.Equal(Engine == "threads" ? 1 : 3, Lines(folder["begun"]).Length);
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
    }

    [Fact]
    public void RetryPolicy_BadNumbers_Throw()
    {
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy { Attempts = 0 }), "at least once");
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy { Delay = TimeSpan.FromSeconds(-1) });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy { Backoff = 0.5 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new RetryPolicy { PoisonLimit = 0 });
    }
}
