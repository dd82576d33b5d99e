using System.Runtime.InteropServices;

namespace Simul.Processes.Tests;

// Workers that are replaced, or killed, for their age and their memory.
public abstract class WorkerReplacingTests(Way way) : PoolTests(way)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly List<byte[]> s_hoard = [];

    [Fact]
    public async Task MaxWorkerAge_EndsAnIdleWorker()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, MaxWorkerAge = TimeSpan.FromMilliseconds(50) });
        int first = await pool.SubmitAsync(Jobs.ProcessId);
        await Until.GoneAsync(first);
        Assert.NotEqual(first, await pool.SubmitAsync(Jobs.ProcessId).WaitAsync(s_limit));
    }

    [Fact]
    public async Task MaxWorkerAge_LetsItemsEnd_AndGivesNoneAnyMore()
    {
        using var begun = ProcessEvent.Create();
        using var go = ProcessEvent.Create();
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, MinWorkers = 1, MaxWorkerAge = TimeSpan.FromMilliseconds(50) });
        var old = pool.SubmitAsync(WaitAsync, (begun, go));
        await begun.WaitAsync();
        // As long as it is young, it takes others beside.
        Task<int> next;
        do next = pool.SubmitAsync(ProcessIdAsync, 0);
        while (await Task.WhenAny(next, Task.Delay(500)) == next);
        go.Set();
        Assert.NotEqual(await old, await next.WaitAsync(s_limit));
        Assert.Equal(0, pool.GetStatistics().TotalFailed);
    }

    [Fact]
    public async Task MaxWorkerAge_UnderLoad_LosesNothing()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 2, MaxWorkerAge = TimeSpan.FromMilliseconds(20) });
        int next = 0;
        await foreach (int square in pool.MapAsync(Enumerable.Range(0, 300), SlowSquare)) Assert.Equal(next * next++, square);
        Assert.Equal(300, next);
        Assert.True(pool.GetStatistics().TotalWorkersStarted > 2);
    }

    [Fact]
    public async Task MaxWorkerMemory_ReplacesBetweenItems()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, MaxWorkerMemory = 64 << 20 });
        var items = Enumerable.Range(0, 6).Select(_ => pool.SubmitAsync(Hoard, 40)).ToArray();
        int[] pids = await Task.WhenAll(items).WaitAsync(s_limit);
        // The second one makes it too much; a look may come one item late.
        Assert.All(pids.GroupBy(static pid => pid), static group => Assert.InRange(group.Count(), 1, 3));
        Assert.True(pids.Distinct().Count() >= 2);
        Assert.Equal((6L, 0L), (pool.GetStatistics().TotalCompleted, pool.GetStatistics().TotalFailed));
    }

    [Fact]
    public async Task MaxWorkerMemory_TooLowForAnything_LetsEachRunOneItem()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, SpareWorkers = 1, MaxWorkerMemory = 1 });
        for (int i = 0; i < 4; i++) Assert.Equal(i * i, await pool.SubmitAsync(Jobs.Square, i).WaitAsync(s_limit));
    }

    [Fact]
    public async Task MaxWorkerMemory_DoesNotCountWhatIsShared()
    {
        using var shared = SharedArray<int>.Create(32 << 20); // 128 MB
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, MaxWorkerMemory = 64 << 20, WorkerMemoryLimit = 64 << 20 });
        int first = await pool.SubmitAsync(Fill, shared);
        Assert.Equal(first, await pool.SubmitAsync(Fill, shared));
        Assert.Equal(first, await pool.SubmitAsync(Jobs.ProcessId));
    }

    [Fact]
    public async Task WorkerMemoryLimit_NativeMemory_KillsTheWorker_AndSaysSo()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, WorkerMemoryLimit = 64 << 20 });
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(HoardNative, 256).WaitAsync(s_limit));
        Assert.Equal("SIGKILL", crash.Signal);
        Assert.Contains("ProcessExecutorOptions.WorkerMemoryLimit allows 64 MB", crash.LikelyCause);
        Assert.Matches(@"it had \d+(\.\d)? MB of memory", crash.LikelyCause);
        Assert.Equal(49, await pool.SubmitAsync(Jobs.Square, 7).WaitAsync(s_limit));
        Assert.Equal(2, pool.GetStatistics().TotalWorkersStarted);
    }

    [Fact]
    public async Task WorkerMemoryLimit_ManagedMemory_IsTheItemsOutOfMemory_AndTheWorkerGoesOn()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, WorkerMemoryLimit = 64 << 20 });
        int before = await pool.SubmitAsync(Jobs.ProcessId);
        await Assert.ThrowsAsync<OutOfMemoryException>(() => pool.SubmitAsync(HoardInVain, 1_000).WaitAsync(s_limit));
        Assert.Equal(before, await pool.SubmitAsync(Jobs.ProcessId));
        Assert.Null(await pool.SubmitAsync(static () => Environment.GetEnvironmentVariable("COMPlus_GCHeapHardLimit")));
    }

    [Fact]
    public async Task WorkerMemoryLimit_IsACrash_ForRetryPolicies()
    {
        using var runs = SharedArray<int>.Create(1);
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, WorkerMemoryLimit = 64 << 20 });
        int result = await pool.SubmitAsync(HoardNativeOnce, runs, new WorkOptions { Retry = new RetryPolicy { Attempts = 3, PoisonLimit = 3, When = static error => error is WorkerLostException } }).WaitAsync(s_limit);
        Assert.Equal((2, 1L), (result, pool.GetStatistics().TotalRetries));
    }

    [Fact]
    public async Task WorkerMemoryLimit_InTheInitializer_IsAFailedStart_AndSaysSo()
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, WorkerMemoryLimit = 64 << 20, Initializer = WorkerInitializer.Create(() => { HoardNative(256); }) });
        var error = await Assert.ThrowsAsync<WorkerStartException>(() => pool.SubmitAsync(Jobs.ProcessId).WaitAsync(s_limit));
        Assert.Contains("ProcessExecutorOptions.WorkerMemoryLimit", error.Message);
    }

    [Fact]
    public void LimitsThatCannotBe_AreRefused()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutorOptions { MaxWorkerAge = TimeSpan.Zero });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutorOptions { MaxWorkerMemory = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutorOptions { WorkerMemoryLimit = 1 << 20 });
    }

    private static async Task<int> WaitAsync((ProcessEvent Begun, ProcessEvent Go) item)
    {
        item.Begun.Set();
        await item.Go.WaitAsync();
        return Environment.ProcessId;
    }

    private static async Task<int> ProcessIdAsync(int _)
    {
        await Task.Yield();
        return Environment.ProcessId;
    }

    private static async Task<int> SlowSquare(int value)
    {
        await Task.Delay(1);
        return value * value;
    }

    private static int Hoard(int megabytes)
    {
        for (int i = 0; i < megabytes; i++)
        {
            s_hoard.Add(new byte[1 << 20]);
            s_hoard[^1].AsSpan().Fill(1);
        }
        return Environment.ProcessId;
    }

    private static int HoardInVain(int megabytes)
    {
        try
        {
            return Hoard(megabytes);
        }
        finally
        {
            s_hoard.Clear();
        }
    }

    // Waits for its end when it has all.
    private static unsafe int HoardNative(int megabytes)
    {
        for (int i = 0; i < megabytes; i++)
        {
            NativeMemory.Fill(NativeMemory.Alloc(1 << 20), 1 << 20, 1);
            Thread.Sleep(1);
        }
        Thread.Sleep(Timeout.Infinite);
        return 0;
    }

    private static int HoardNativeOnce(SharedArray<int> runs) => Interlocked.Increment(ref runs[0]) == 1 ? HoardNative(256) : runs[0];

    private static int Fill(SharedArray<int> shared)
    {
        shared.Span.Fill(1);
        return Environment.ProcessId;
    }
}

public sealed class SharedMemoryWorkerReplacingTests() : WorkerReplacingTests(Way.SharedMemory);

public sealed class PortableWorkerReplacingTests() : WorkerReplacingTests(Way.Portable);
