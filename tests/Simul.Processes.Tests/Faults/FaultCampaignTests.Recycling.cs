namespace Simul.Processes.Tests.Faults;

// Faults while workers are replaced.
public sealed partial class FaultCampaignTests
{
    private async Task AgeingAsync(Way way, Fault fault, Outcome outcome)
    {
        using var begun = ProcessEvent.Create();
        using var signal = ProcessEvent.Create();
        await using var pool = Open(way, options => options with { MaxWorkerAge = TimeSpan.FromMilliseconds(50) });
        var item = pool.SubmitAsync(FaultyWork.CommitAfterAsync, (begun, signal, fault));
        await begun.WaitAsync();
        int before = Trace(pool)[0];
        // As long as it is young, it takes others beside.
        Task<int> next;
        int others = 0;
        do
        {
            next = pool.SubmitAsync(FaultyWork.ProcessIdAsync, 0);
            others++;
        }
        while (await Task.WhenAny(next, Task.Delay(500)) == next);
        signal.Set();
        await AssertFailsAsync(item, fault, outcome);
        Assert.NotEqual(before, await next);
        Trace(pool);
        AssertBooks(pool, completed: others, failed: 1);
    }

    private async Task MemoryAsync(Way way, Fault fault, Outcome outcome)
    {
        using var begun = ProcessEvent.Create();
        using var signal = ProcessEvent.Create();
        await using var pool = Open(way, options => options with { MaxWorkerMemory = 1 });
        var item = pool.SubmitAsync(FaultyWork.CommitAfterAsync, (begun, signal, fault));
        await begun.WaitAsync();
        int before = Trace(pool)[0];
        await Task.Delay(20); // more than there is between two looks
        signal.Set();
        await AssertFailsAsync(item, fault, outcome);
        Assert.NotEqual(before, await ProcessIdAsync(pool));
        AssertBooks(pool, completed: 1, failed: 1);
    }

    private async Task SpareAsync(Way way, Fault fault, Outcome outcome)
    {
        await using var pool = Open(way, options => options with { SpareWorkers = 1 });
        await ProcessIdAsync(pool);
        await Until.TrueAsync(() => pool.GetWorkerProcessIds().Count == 2, "a spare worker is ready", 30);
        int[] warm = Trace(pool);
        await AssertFailsAsync(pool.SubmitAsync(FaultyWork.Run, new Faulty(Stage.Method, fault)), fault, outcome);
        Assert.Contains(await ProcessIdAsync(pool), warm); // the item took one of the two with it, if any
        AssertBooks(pool, completed: 2, failed: 1);
    }

    private async Task RecyclingAsync(Way way, Fault fault)
    {
        await using var pool = Open(way, options => options with
        {
            Initializer = WorkerInitializer.Create(() => new FaultyState(fault)),
            MaxWorkerAge = TimeSpan.FromMilliseconds(20),
        });
        int before = await ProcessIdAsync(pool);
        await Until.GoneAsync(before);
        Assert.NotEqual(before, await ProcessIdAsync(pool));
        AssertBooks(pool, completed: 2, failed: 0);
    }

    private int[] Trace(ProcessExecutor pool)
    {
        int[] ids = [.. pool.GetWorkerProcessIds()];
        foreach (int id in ids) _workers.Add(WorkerTrace.Of(id));
        return ids;
    }
}
