namespace Simul.Processes.Tests.Contract;

// Engines on which a method that blocks holds up nobody but itself. On the loop it blocks the loop.
public abstract class BlockableExecutorContract : ExecutorContract
{
    // B48
    [Fact]
    public async Task Timeout_OfADeafMethod_ThePoolGoesOn()
    {
        using var folder = new Folder();
        await using var executor = Make();
        var task = executor.SubmitAsync(Works.Block, (folder["begun"], folder["gate"]), new WorkOptions { Timeout = TimeSpan.FromMilliseconds(30) });
        await Raises<TimeoutException>(task);
        Assert.Equal(1, await Timely(executor.SubmitAsync(Jobs.Noop, 1)));
        Open(folder["gate"]);
    }
}
