using System.Collections.Concurrent;

namespace Simul.Processes.Tests;

public abstract class CrashTests(Way way) : PoolTests(way)
{
    private ProcessExecutor Pool(int workers = 1) => Open(new ProcessExecutorOptions { Workers = workers, OutputHandler = _ => { } });

    [Fact]
    public async Task Crash_EnvironmentExit_NamesTheCode()
    {
        await using var pool = Pool();
        var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.Exit, 42));
        Assert.Equal((42, null), (error.ExitCode, error.Signal));
        Assert.Contains("Environment.Exit", error.LikelyCause);
        Assert.Equal("process-1", error.Worker);
        // 137 is what a shell shows for SIGKILL; it was an exit all the same.
        Assert.Equal(137, (await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.Exit, 137))).ExitCode);
        Assert.Equal(0, (await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.Exit, 0))).ExitCode);
    }

    [Fact]
    public async Task Crash_BySignal_NamesItAndTheWorkerIsReplaced()
    {
        await using var pool = Pool();
        int before = await pool.SubmitAsync(Jobs.ProcessId);
        var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.KillMyself, 9));
        Assert.Equal("SIGKILL", error.Signal);
        Assert.Null(error.ExitCode);
        Assert.Equal(before, error.ProcessId);
        Assert.NotEqual(before, await pool.SubmitAsync(Jobs.ProcessId));
        Assert.Equal("SIGTERM", (await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.KillMyself, 15))).Signal);
        Assert.Equal(2, pool.GetStatistics().TotalWorkersStarted);
    }

    [Fact]
    public async Task Crash_StackOverflow_SaysSo()
    {
        await using var pool = Pool();
        var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.Overflow, 0));
        Assert.Equal("SIGABRT", error.Signal);
        Assert.Contains("stack overflow", error.LikelyCause);
    }

    [Fact]
    public async Task Crash_FailFastAndUncaughtException_ShowLastWords()
    {
        await using var pool = Pool();
        var failFast = await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.FailFast, "checkmate"));
        Assert.Contains("checkmate", failFast.StandardErrorTail);
        Assert.Contains("checkmate", failFast.Message);
        var uncaught = await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.ThrowOnOwnThread, "stalemate"));
        Assert.Contains("stalemate", uncaught.StandardErrorTail);
        Assert.Contains("nobody caught", uncaught.LikelyCause);
    }

    [Fact]
    public async Task Crash_KillOfABusyWorker_FailsItsItemOnly()
    {
        using var folder = new Folder();
        await using var pool = Pool(2);
        var victim = pool.SubmitAsync(Jobs.Spin, folder["victim"]);
        await Until.WrittenAsync(folder["victim"]);
        int[] squares = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => pool.SubmitAsync(Jobs.Square, i)));
        Native.Kill(int.Parse(File.ReadAllText(folder["victim"])), 9);
        Assert.Equal("SIGKILL", (await Assert.ThrowsAsync<WorkerCrashedException>(() => victim)).Signal);
        Assert.Equal(Enumerable.Range(0, 20).Select(i => i * i), squares);
        Assert.Equal(25, await pool.SubmitAsync(Jobs.Square, 5));
    }

    [Fact]
    public async Task Crash_KillOfAnIdleWorker_IsNotNoticed()
    {
        await using var pool = Pool();
        int pid = await pool.SubmitAsync(Jobs.ProcessId);
        Native.Kill(pid, 9);
        await Until.GoneAsync(pid);
        await Until.TrueAsync(() => pool.GetWorkerProcessIds().Count == 0, "worker given up");
        Assert.NotEqual(pid, await pool.SubmitAsync(Jobs.ProcessId));
        Assert.Equal(0, pool.GetStatistics().TotalFailed);
    }

    [Fact]
    public async Task Crash_ItemsInThePipe_RunElsewhereAndOnce()
    {
        using var folder = new Folder();
        await using var pool = Pool();
        // Short items first, so that the pool fills the worker's pipe.
        for (int i = 0; i < 50; i++) await pool.SubmitAsync(Jobs.Noop, i);
        var held = pool.SubmitAsync(Jobs.Gated, (folder["log"], folder["gate"], -1));
        var behind = Enumerable.Range(0, 30).Select(i => pool.SubmitAsync(Jobs.Append, (folder["log"], i))).ToArray();
        await Until.WrittenAsync(folder["log"]);
        Native.Kill(pool.GetWorkerProcessIds().Single(), 9);
        await Assert.ThrowsAsync<WorkerCrashedException>(() => held);
        Assert.Equal(Enumerable.Range(0, 30), await Task.WhenAll(behind));
        Assert.Equal(["-1", .. Enumerable.Range(0, 30).Select(i => i.ToString())], File.ReadAllLines(folder["log"]));
    }

    [Fact]
    public async Task Pipe_ShortItemBehindALongOne_GoesToAnIdleWorker()
    {
        using var folder = new Folder();
        await using var pool = Pool(2);
        await Task.WhenAll(Enumerable.Range(0, 400).Select(i => pool.SubmitAsync(Jobs.Noop, i)));
        var held = pool.SubmitAsync(Jobs.Gated, (folder["log"], folder["gate"], -1));
        int[] done = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => pool.SubmitAsync(Jobs.Noop, i)));
        Assert.Equal(100, done.Length);
        Assert.False(held.IsCompleted);
        File.WriteAllText(folder["gate"], "");
        Assert.Equal(-1, await held);
    }

    [Fact]
    public async Task Output_OfWorkers_ReachesTheHandlerAndHarmsNothing()
    {
        var lines = new ConcurrentQueue<WorkerOutput>();
        await using (var pool = Open(new ProcessExecutorOptions { Workers = 1, OutputHandler = lines.Enqueue }))
        {
            Assert.Equal(5, await pool.SubmitAsync(Jobs.Print, "hello"));
            Assert.Equal(100_000, await pool.SubmitAsync(Jobs.Print, new string('x', 100_000)));
        }
        Assert.Contains(lines, l => l is { IsError: false, Line: "out hello", Worker: "process-1" });
        Assert.Contains(lines, l => l is { IsError: true, Line: "err hello" });
    }

    [Fact]
    public async Task Crash_Storm_EveryItemEndsOnceAndThePoolLives()
    {
        const int items = 150;
        using var folder = new Folder();
        var random = new Random(20261122);
        await using var pool = Pool(2);
        using var stop = new CancellationTokenSource();
        var killer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (pool.GetWorkerProcessIds() is { Count: > 0 } ids) Native.Kill(ids[random.Next(ids.Count)], 9);
                await Task.Delay(random.Next(50, 250));
            }
        });
        var tasks = Enumerable.Range(0, items).Select(i => pool.SubmitAsync(Jobs.Append, (folder[$"log{i}"], i))).ToArray();
        var outcomes = await Task.WhenAll(tasks.Select(async (task, i) =>
        {
            try
            {
                return await task == i ? "done" : "wrong";
            }
            catch (WorkerCrashedException)
            {
                return "crashed";
            }
        }));
        stop.Cancel();
        await killer;
        Assert.DoesNotContain("wrong", outcomes);
        for (int i = 0; i < items; i++)
        {
            int runs = File.Exists(folder[$"log{i}"]) ? File.ReadAllLines(folder[$"log{i}"]).Length : 0;
            Assert.True(runs <= 1, $"item {i} ran {runs} times");
            if (outcomes[i] == "done") Assert.Equal(1, runs);
        }
        var statistics = pool.GetStatistics();
        Assert.Equal(items, statistics.TotalCompleted + statistics.TotalFailed);
        Assert.Equal((0, 0), (statistics.CurrentQueued, statistics.CurrentRunning));
    }
}

public sealed class SharedMemoryCrashTests() : CrashTests(Way.SharedMemory);

public sealed class SocketCrashTests() : CrashTests(Way.Sockets);

public sealed class PortableCrashTests() : CrashTests(Way.Portable);
