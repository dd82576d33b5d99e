namespace Simul.Processes.Tests.Contract;

// What the BCL's tasks give is promised, too.
public abstract partial class ExecutorContract
{
    // B1
    [Fact]
    public async Task Cancel_AfterTheEnd_ChangesNothing()
    {
        await using var executor = Make();
        using var source = new CancellationTokenSource();
        var task = executor.SubmitAsync(Jobs.Noop, 1, cancellationToken: source.Token);
        Assert.Equal(1, await Timely(task));
        await source.CancelAsync();
        Assert.True(task.IsCompletedSuccessfully);
        Assert.Equal((1, 0), (executor.GetStatistics().TotalCompleted, executor.GetStatistics().TotalCancelled));
    }

    // B4
    [Fact]
    public async Task WaitForAResult_TimesOut_LeavesTheItemAlone()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var held = await HoldAsync(executor, folder);
        await Assert.ThrowsAsync<TimeoutException>(() => held.WaitAsync(TimeSpan.Zero));
        Open(folder["held.gate"]);
        Assert.Equal(1, await Timely(held));
    }

    // B5, B6
    [Fact]
    public async Task AsCompleted_GivesEachOnce_TheEndedFirst()
    {
        using var folder = new Folder();
        await using var executor = Make(2);
        var held = await HoldAsync(executor, folder);
        var quick = executor.SubmitAsync(Jobs.Noop, 7);
        Assert.Equal(7, await Timely(quick));
        List<int> got = [];
        await foreach (var task in Task.WhenEach(held, quick))
        {
            got.Add(await task);
            Open(folder["held.gate"]);
        }
        Assert.Equal([7, 1], got);
    }

    // B27: whoever hears of a failure may submit at once.
    [Fact]
    public async Task Submit_FromAContinuation_OfAFailure()
    {
        await using var executor = Make();
        var chains = Enumerable.Range(0, 10).Select(async i =>
        {
            for (int n = 0; n < 5; n++)
            {
                try
                {
                    await (this is KillableExecutorContract && n == 2 ? executor.SubmitAsync(Jobs.KillMyself, 9) : executor.SubmitAsync(Jobs.Throw, "again")).ConfigureAwait(false);
                }
                catch (Exception error) when (error is InvalidOperationException or WorkerLostException)
                {
                    // The next one is submitted from here.
                }
            }
            return await executor.SubmitAsync(Jobs.Noop, i).ConfigureAwait(false);
        }).ToArray();
        Assert.Equal(Enumerable.Range(0, 10), await Timely(Task.WhenAll(chains)));
    }

    // B51: what can be given up disturbs nobody beside it.
    [Fact]
    public async Task Cancel_OfOne_LeavesTheOthersAlone()
    {
        using var folder = new Folder();
        await using var executor = Make(3);
        using var source = new CancellationTokenSource();
        var other = await HoldAsync(executor, folder, "other");
        var cancelled = await HoldAsync(executor, folder, "cancelled", token: source.Token);
        var third = await HoldAsync(executor, folder, "third");
        await source.CancelAsync();
        await Raises<OperationCanceledException>(cancelled);
        Open(folder["other.gate"]);
        Open(folder["third.gate"]);
        Assert.Equal((1, 1), (await Timely(other), await Timely(third)));
    }

    // B60
    [Fact]
    public async Task Dispose_WithAValueThatCannotTravel_DoesNotHang()
    {
        var executor = Make();
        Task<int>[] tasks = [executor.SubmitAsync(Jobs.Noop, 1), executor.SubmitAsync(static (Thread t) => t.Name?.Length ?? 5, new Thread(static () => { })), executor.SubmitAsync(Jobs.Noop, 2)];
        await Timely(executor.DisposeAsync().AsTask());
        Assert.True(tasks[0].IsCompletedSuccessfully && tasks[2].IsCompletedSuccessfully);
        if (Engine == "processes") await Raises<WorkSerializationException>(tasks[1]);
        else Assert.Equal(5, await tasks[1]);
    }
}
