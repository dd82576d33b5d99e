namespace Simul.Processes.Tests.Contract;

// Engines that can end a method which heeds nothing, and outlive one that takes its worker along.
public abstract class KillableExecutorContract : BlockableExecutorContract
{
    // B49
    [Fact]
    public async Task Cancel_OfADeafMethod_KillsIt()
    {
        using var folder = new Folder();
        await using var executor = Make();
        using var source = new CancellationTokenSource();
        var task = executor.SubmitAsync(Jobs.Spin, folder["begun"], cancellationToken: source.Token);
        await Until.ExistsAsync(folder["begun"]);
        await source.CancelAsync();
        await Raises<OperationCanceledException>(task);
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
    }

    // B54: a lost worker, and the item that loses each.
    [Fact]
    public async Task Retry_LostWorker_IsTriedAgainUpToThePoisonLimit()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var options = new WorkOptions { Retry = new RetryPolicy { Attempts = 10, PoisonLimit = 3 }, Name = "poison" };
        Assert.Equal(3, await Timely(executor.SubmitAsync(Works.CrashTwice, folder["log"], options)));
        var error = await Raises<PoisonedWorkException>(executor.SubmitAsync(Works.CrashAlways, folder["poison"], options));
        Says(error, "poison", "3 workers");
        Assert.Equal(3, error.Losses);
        Assert.IsType<WorkerCrashedException>(error.InnerException);
        Assert.Equal(3, Lines(folder["poison"]).Length);
        Assert.Equal(4, executor.GetStatistics().TotalRetries);
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
    }
}
