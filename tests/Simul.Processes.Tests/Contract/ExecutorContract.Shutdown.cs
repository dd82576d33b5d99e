namespace Simul.Processes.Tests.Contract;

public abstract partial class ExecutorContract
{
    // B55, B59
    [Fact]
    public async Task Dispose_RefusesNewWork_AndWaitsForTheAccepted()
    {
        using var folder = new Folder();
        var executor = Make();
        var running = await HoldAsync(executor, folder);
        var queued = executor.SubmitAsync(Jobs.Noop, 2);
        var end = executor.DisposeAsync().AsTask();
        var again = executor.DisposeAsync().AsTask();
        Says(await Assert.ThrowsAsync<ExecutorClosedException>(() => executor.SubmitAsync(Jobs.Noop, 3)), Engine);
        Assert.False(end.IsCompleted);
        Open(folder["held.gate"]);
        await Timely(Task.WhenAll(end, again));
        Assert.Equal((1, 2), (await running, await queued));
        await Timely(executor.DisposeAsync().AsTask());
    }

    [Fact]
    public Task Dispose_Unused_Ends() => Timely(Make().DisposeAsync().AsTask());

    [Theory]
    [InlineData(ShutdownMode.CancelQueued)]
    [InlineData(ShutdownMode.CancelAll)]
    [InlineData(ShutdownMode.Kill)]
    public Task Shutdown_Unused_Ends(ShutdownMode mode) => Timely(Make().ShutdownAsync(mode, TimeSpan.FromSeconds(5)));

    // B56
    [Fact]
    public async Task Shutdown_CancelQueued_LetsWhatRunsEnd()
    {
        using var folder = new Folder();
        var executor = Make();
        var running = await HoldAsync(executor, folder);
        var queued = Enumerable.Range(0, 10).Select(i => executor.SubmitAsync(Jobs.Append, (folder["log"], i))).ToArray();
        var end = executor.ShutdownAsync(ShutdownMode.CancelQueued);
        foreach (var task in queued) await Raises<OperationCanceledException>(task);
        Assert.False(end.IsCompleted);
        Open(folder["held.gate"]);
        Assert.Equal(1, await Timely(running));
        await Timely(end);
        Assert.Empty(Lines(folder["log"]));
        Assert.Equal((1, 0, 10), (executor.GetStatistics().TotalCompleted, executor.GetStatistics().TotalFailed, executor.GetStatistics().TotalCancelled));
    }

    [Fact]
    public async Task Shutdown_CancelAll_ReachesTheTokenOfWhatRuns()
    {
        using var folder = new Folder();
        var executor = Make();
        var running = await HoldAsync(executor, folder);
        var queued = executor.SubmitAsync(Jobs.Append, (folder["log"], 1));
        await Timely(executor.ShutdownAsync(ShutdownMode.CancelAll));
        Assert.True(running.IsCanceled && queued.IsCanceled);
        Assert.Empty(Lines(folder["log"]));
    }

    [Fact]
    public async Task Shutdown_Kill_WaitsForNothing()
    {
        using var folder = new Folder();
        var executor = Make();
        var deaf = executor.SubmitAsync(Works.Block, (folder["begun"], folder["gate"]));
        await Until.ExistsAsync(folder["begun"]);
        var queued = executor.SubmitAsync(Jobs.Append, (folder["log"], 1));
        await Timely(executor.ShutdownAsync(ShutdownMode.Kill));
        Assert.True(deaf.IsCanceled && queued.IsCanceled);
        Assert.Equal(2, executor.GetStatistics().TotalCancelled);
        Open(folder["gate"]); // a thread goes on until its method ends
    }

    [Fact]
    public async Task Shutdown_TimeLimit_KillsWhatIsLeft()
    {
        using var folder = new Folder();
        var executor = Make();
        var deaf = executor.SubmitAsync(Works.Block, (folder["begun"], folder["gate"]));
        await Until.ExistsAsync(folder["begun"]);
        await Timely(executor.ShutdownAsync(ShutdownMode.Finish, TimeSpan.FromMilliseconds(100)));
        Assert.True(deaf.IsCanceled);
        Open(folder["gate"]);
    }

    [Fact]
    public async Task Shutdown_CalledAgainWithMore_EndsMore()
    {
        using var folder = new Folder();
        var executor = Make();
        var running = await HoldAsync(executor, folder);
        var patient = executor.ShutdownAsync();
        var ends = Enumerable.Range(0, 8).Select(i => Task.Run(() => executor.ShutdownAsync(i % 2 == 0 ? ShutdownMode.CancelAll : ShutdownMode.Finish))).ToArray();
        await Timely(Task.WhenAll([patient, .. ends]));
        Assert.True(running.IsCanceled);
    }

    [Fact]
    public async Task Shutdown_WhileManySubmit_LosesNothing()
    {
        var executor = Make(2);
        var submitters = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            List<Task<int>> accepted = [];
            try
            {
                while (true) accepted.Add(executor.SubmitAsync(Jobs.Noop, 1));
            }
            catch (ExecutorClosedException)
            {
                int ended = 0;
                foreach (var task in accepted)
                {
                    try
                    {
                        ended += await Timely(task);
                    }
                    catch (OperationCanceledException)
                    {
                        ended++;
                    }
                }
                return (accepted.Count, ended);
            }
        })).ToArray();
        await Until.TrueAsync(() => executor.GetStatistics().TotalCompleted > 10, "work goes on");
        await Timely(executor.ShutdownAsync(ShutdownMode.CancelQueued));
        foreach (var submitter in submitters)
        {
            var (accepted, ended) = await Timely(submitter);
            Assert.Equal(accepted, ended);
        }
        Assert.Equal((0, 0), (executor.GetStatistics().CurrentQueued, executor.GetStatistics().CurrentRunning));
    }

    [Fact]
    public void Shutdown_BadArguments_Throw()
    {
        var executor = Make();
        Assert.ThrowsAny<ArgumentOutOfRangeException>(() => { _ = executor.ShutdownAsync((ShutdownMode)77); });
        Says(Assert.ThrowsAny<ArgumentOutOfRangeException>(() => { _ = executor.ShutdownAsync(ShutdownMode.Finish, TimeSpan.FromSeconds(-1)); }), "zero or more");
    }
}
