namespace Simul.Processes.Tests;

public abstract class SpareWorkersTests(Way way) : PoolTests(way)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Fact]
    public async Task SpareWorkers_AreThereBeforeThereIsWork_AndBesideIt()
    {
        using var go = ProcessEvent.Create();
        await using var pool = Open(new ProcessExecutorOptions { Workers = 2, SpareWorkers = 1 });
        await ReadyAsync(pool, 1);
        int before = pool.GetWorkerProcessIds()[0];
        using var begun = ProcessEvent.Create();
        var first = pool.SubmitAsync(BeginAndWait, (begun, go));
        await begun.WaitAsync();
        // It has work, so there is another one that has none.
        await ReadyAsync(pool, 2);
        begun.Reset();
        var second = pool.SubmitAsync(BeginAndWait, (begun, go));
        await begun.WaitAsync();
        await ReadyAsync(pool, 3);
        Assert.Equal(3, pool.GetStatistics().TotalWorkersStarted);
        go.Set();
        Assert.Equal(before, await first);
        Assert.NotEqual(before, await second);
        Assert.Equal(2, pool.Workers);
    }

    [Fact]
    public async Task SpareWorkers_GetNoItems_WhileAsManyAsMayHaveSome()
    {
        using var go = ProcessEvent.Create();
        using var begun = ProcessEvent.Create();
        using var inside = SharedArray<int>.Create(2); // now, and at most
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, SpareWorkers = 2 });
        await ReadyAsync(pool, 2);
        var first = pool.SubmitAsync(BeginAndWait, (begun, go));
        await begun.WaitAsync();
        var others = Enumerable.Range(0, 30).Select(_ => pool.SubmitAsync(CountInside, inside)).ToArray();
        var asynchronous = Enumerable.Range(0, 10).Select(_ => pool.SubmitAsync(Jobs.DelayAsync, 1)).ToArray();
        Assert.Equal((40L, 1L), (pool.GetStatistics().CurrentQueued, pool.GetStatistics().CurrentRunning));
        go.Set();
        await Task.WhenAll([first, .. others, .. asynchronous]).WaitAsync(s_limit);
        Assert.Equal((0, 1), (inside[0], inside[1]));
        Assert.Equal(3, pool.GetStatistics().TotalWorkersStarted);
    }

    [Fact]
    public async Task SpareWorker_StandsInForACrashedOne_AndIsReplacedAsASpare()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, SpareWorkers = 1 });
        for (int round = 0; round < 3; round++)
        {
            int dead = await pool.SubmitAsync(Jobs.ProcessId).WaitAsync(s_limit);
            await ReadyAsync(pool, 2);
            int[] warm = [.. pool.GetWorkerProcessIds().Where(pid => pid != dead)];
            // On whichever of the two it runs, what waits behind it finds the other one, already there.
            int crashed = (await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.KillMyself, 9))).ProcessId;
            int next = await pool.SubmitAsync(Jobs.ProcessId).WaitAsync(s_limit);
            Assert.Contains(next, warm.Append(dead));
            Assert.NotEqual(crashed, next);
        }
    }

    [Fact]
    public async Task SpareWorker_StandsInForOneThatIsReplaced()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, SpareWorkers = 2, MaxItemsPerWorker = 1 });
        var items = Enumerable.Range(0, 12).Select(_ => pool.SubmitAsync(Jobs.ProcessId)).ToArray();
        int[] pids = await Task.WhenAll(items).WaitAsync(s_limit);
        Assert.Equal(12, pids.Distinct().Count());
        await ReadyAsync(pool, 2);
    }

    [Fact]
    public async Task IdleTimeout_LeavesTheSpareOnes()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 3, SpareWorkers = 1, IdleTimeout = TimeSpan.FromMilliseconds(30) });
        await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => pool.SubmitAsync(Jobs.Pause, 300))).WaitAsync(s_limit);
        await ReadyAsync(pool, 1);
        int left = pool.GetWorkerProcessIds()[0];
        Assert.Equal(left, await pool.SubmitAsync(Jobs.ProcessId));
    }

    [Fact]
    public async Task Batches_GoToNoMoreWorkersThanMayHaveItems()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, SpareWorkers = 1 });
        int next = 0;
        await foreach (int square in pool.MapAsync(Enumerable.Range(0, 5_000), Jobs.Square)) Assert.Equal(next * next++, square);
        Assert.Equal(5_000, next);
        await ReadyAsync(pool, 2);
    }

    // No spare one holds the clock, and their warm-up takes none of its time.
    [Fact]
    public async Task VirtualTime_GoesOn_WithSpareWorkers()
    {
        var clock = new VirtualTimeProvider();
        await using var pool = Open(new ProcessExecutorOptions { Workers = 2, SpareWorkers = 1, Clock = clock });
        var sleeps = Enumerable.Range(0, 6).Select(_ => pool.SubmitAsync(Jobs.SleepVirtually, (3, 100.0))).ToArray();
        Assert.All(await Task.WhenAll(sleeps).WaitAsync(s_limit), static slept => Assert.Equal(300, slept));
    }

    [Fact]
    public async Task Kill_WithSpareWorkers_LeavesNone()
    {
        var pool = Open(new ProcessExecutorOptions { Workers = 1, SpareWorkers = 2 });
        await ReadyAsync(pool, 2);
        int[] pids = [.. pool.GetWorkerProcessIds()];
        await pool.ShutdownAsync(ShutdownMode.Kill).WaitAsync(s_limit);
        Assert.All(pids, static pid => Assert.False(Until.Lives(pid)));
    }

    private static Task ReadyAsync(ProcessExecutor pool, int count) =>
        Until.TrueAsync(() => pool.GetWorkerProcessIds().Count == count, () => $"{count} workers are ready, not {pool.GetWorkerProcessIds().Count}", 30);

    private static int BeginAndWait((ProcessEvent Begun, ProcessEvent Go) item)
    {
        item.Begun.Set();
        item.Go.Wait();
        return Environment.ProcessId;
    }

    private static int CountInside(SharedArray<int> inside)
    {
        int now = Interlocked.Increment(ref inside[0]);
        if (now > inside[1]) inside[1] = now;
        Thread.Sleep(1);
        return Interlocked.Decrement(ref inside[0]);
    }
}

public sealed class SharedMemorySpareWorkersTests() : SpareWorkersTests(Way.SharedMemory);

public sealed class SocketSpareWorkersTests() : SpareWorkersTests(Way.Sockets);
