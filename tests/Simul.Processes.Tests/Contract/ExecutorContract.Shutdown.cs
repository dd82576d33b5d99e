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
}
