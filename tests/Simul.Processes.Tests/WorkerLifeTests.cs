namespace Simul.Processes.Tests;

public abstract class WorkerLifeTests(Way way) : PoolTests(way)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    // A backlog larger than the quota drains (B40), and none runs more than its share.
    // A worker that dies as soon as it is ready is not started for ever.
    [Fact]
    public async Task MinWorkers_ThatDieBeforeTheyAreGivenAnything_AreGivenUp()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, MinWorkers = 1, Initializer = WorkerInitializer.Create(Jobs.LeaveSoon), OutputHandler = static _ => { } });
        await Until.TrueAsync(() => pool.GetStatistics().TotalWorkersStarted >= 3 && pool.GetWorkerProcessIds().Count == 0, "three have died", 30);
        for (int i = 0; i < 20; i++)
        {
            await Task.Delay(20);
            Assert.InRange(pool.GetStatistics().TotalWorkersStarted, 3, 4);
        }
    }

    [Fact]
    public async Task MaxItemsPerWorker_ReplacesWorkers_AndLosesNothing()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 2, MaxItemsPerWorker = 3 });
        var items = Enumerable.Range(0, 24).Select(i => pool.SubmitAsync(Jobs.ProcessId, i)).ToArray();
        int[] pids = await Task.WhenAll(items).WaitAsync(s_limit);
        Assert.All(pids.GroupBy(static pid => pid), static group => Assert.True(group.Count() <= 3, $"process {group.Key} ran {group.Count()} items"));
        Assert.True(pids.Distinct().Count() >= 8);
        foreach (int pid in pids.Distinct().SkipLast(2)) await Until.GoneAsync(pid);
        Assert.Equal(24, pool.GetStatistics().TotalCompleted);
    }

    [Fact]
    public async Task MaxItemsPerWorker_OfOne_GivesEachItemAProcess()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, MaxItemsPerWorker = 1 });
        int[] pids = [await pool.SubmitAsync(Jobs.ProcessId), await pool.SubmitAsync(Jobs.ProcessId), await pool.SubmitAsync(Jobs.ProcessId)];
        Assert.Equal(3, pids.Distinct().Count());
    }

    [Fact]
    public async Task MaxItemsPerWorker_CountsAsynchronousItems_AndLetsThemEnd()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, MaxItemsPerWorker = 4 });
        int[] results = await Task.WhenAll(Enumerable.Range(0, 12).Select(_ => pool.SubmitAsync(Jobs.DelayAsync, 20))).WaitAsync(s_limit);
        Assert.Equal(12, results.Length);
        Assert.Equal(3, pool.GetStatistics().TotalWorkersStarted);
    }

    [Fact]
    public async Task IdleTimeout_EndsTheWorker_AndTheNextItemStartsAnother()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, IdleTimeout = TimeSpan.FromMilliseconds(50) });
        int first = await pool.SubmitAsync(Jobs.ProcessId);
        await Until.GoneAsync(first);
        int second = await pool.SubmitAsync(Jobs.ProcessId).WaitAsync(s_limit);
        Assert.NotEqual(first, second);
        await Until.GoneAsync(second);
    }

    [Fact]
    public async Task MinWorkers_AreThereBeforeThereIsWork_StayWhenIdle_AndAreReplaced()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 3, MinWorkers = 2, IdleTimeout = TimeSpan.FromMilliseconds(20) });
        await Until.TrueAsync(() => pool.GetWorkerProcessIds().Count == 2, "two workers are ready", 30);
        Assert.Equal(0, pool.GetStatistics().TotalCompleted);
        int[] before = [.. pool.GetWorkerProcessIds()];
        Assert.Contains(await pool.SubmitAsync(Jobs.ProcessId), before);
        await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.KillMyself, 9));
        await Until.TrueAsync(() => pool.GetWorkerProcessIds().Count == 2 && pool.GetStatistics().TotalWorkersStarted == 3, "the dead one was replaced without an item", 30);
        // More than the least number, for a while.
        await Task.WhenAll(Enumerable.Range(0, 9).Select(_ => pool.SubmitAsync(Jobs.Pause, 300))).WaitAsync(s_limit);
        await Until.TrueAsync(() => pool.GetWorkerProcessIds().Count == 2, "two workers are left", 30);
    }

    // The next worker would fail in the same way, and the one after it.
    [Fact]
    public async Task MinWorkers_WhoseInitializerFails_AreNotStartedAgain()
    {
        using var folder = new Folder();
        string begun = folder["begun"];
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, MinWorkers = 1, Initializer = WorkerInitializer.Create(() => FailAfter(begun)) });
        await Until.WrittenAsync(begun);
        // In the moment when its end is known its place is a fresh one's, and a new worker counts as started.
        await Until.TrueAsync(() => pool.FindWorkerProcessId("process-1") is null, "the worker has ended", 30);
        Assert.Equal(1, pool.GetStatistics().TotalWorkersStarted);
        await Assert.ThrowsAsync<WorkerInitializationException>(() => pool.SubmitAsync(Jobs.ProcessId));

        static void FailAfter(string begun)
        {
            File.WriteAllText(begun, "begun");
            throw new InvalidOperationException("the initializer's");
        }
    }

    // Items that come at the very moment when a worker is asked to end.
    [Fact]
    public async Task IdleTimeout_AtTheMomentOfTheNextItem_LosesNothing()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 2, IdleTimeout = TimeSpan.FromMilliseconds(1) });
        for (int i = 0; i < 40; i++)
        {
            Assert.Equal(i * i, await pool.SubmitAsync(Jobs.Square, i).WaitAsync(s_limit));
            if (i % 4 == 0) await Task.Delay(1);
        }
        Assert.Equal(40, pool.GetStatistics().TotalCompleted);
    }

    [Fact]
    public async Task Worker_ThatDoesNotEndWhenAsked_IsKilledAfterTheGrace()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, MaxItemsPerWorker = 1, Grace = TimeSpan.FromMilliseconds(200) });
        int first = await pool.SubmitAsync(Jobs.LeaveThreadRunning);
        Assert.NotEqual(first, await pool.SubmitAsync(Jobs.ProcessId).WaitAsync(s_limit));
        await Until.GoneAsync(first);
    }

    [Fact]
    public void LimitsThatCannotBe_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutorOptions { MinWorkers = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutorOptions { SpareWorkers = -1 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutorOptions { MaxItemsPerWorker = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutorOptions { IdleTimeout = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutorOptions { IdleTimeout = TimeSpan.FromDays(30) });
    }
}

public sealed class SharedMemoryWorkerLifeTests() : WorkerLifeTests(Way.SharedMemory);

public sealed class SocketWorkerLifeTests() : WorkerLifeTests(Way.Sockets);
