namespace Simul.Processes.Tests;

public abstract class StoppingTests(Way way) : PoolTests(way)
{
    private ProcessExecutor Pool(int workers = 1, double grace = 0.2) =>
        Open(new ProcessExecutorOptions { Workers = workers, Grace = TimeSpan.FromSeconds(grace), OutputHandler = _ => { } });

    [Fact]
    public async Task Cancel_BeforeItStarts_TakesItOutOfTheQueue()
    {
        using var folder = new Folder();
        await using var pool = Pool();
        var held = pool.SubmitAsync(Jobs.Gated, (folder["log"], folder["gate"], 1));
        await Until.WrittenAsync(folder["log"]);
        using var cancel = new CancellationTokenSource();
        var queued = pool.SubmitAsync(Jobs.Append, (folder["never"], 1), cancellationToken: cancel.Token);
        Assert.Equal(1, pool.GetStatistics().CurrentQueued);
        cancel.Cancel();
        Assert.Equal(cancel.Token, (await Assert.ThrowsAsync<TaskCanceledException>(() => queued)).CancellationToken);
        Assert.Equal(0, pool.GetStatistics().CurrentQueued);
        File.WriteAllText(folder["gate"], "");
        Assert.Equal(1, await held);
        Assert.False(File.Exists(folder["never"]));
        Assert.Equal(1, pool.GetStatistics().TotalWorkersStarted);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => pool.SubmitAsync(Jobs.ProcessId, cancellationToken: cancel.Token));
        Assert.Equal(2, pool.GetStatistics().TotalCancelled);
    }

    // Items of one token share what listens to it.
    [Fact]
    public async Task Cancel_OfATokenOfMany_GivesUpItsItems_AndNoOthers()
    {
        using var folder = new Folder();
        await using var pool = Pool();
        var held = pool.SubmitAsync(Jobs.Gated, (folder["log"], folder["gate"], 1));
        await Until.WrittenAsync(folder["log"]);
        using CancellationTokenSource one = new(), other = new();
        List<Task<int>> given = [], kept = [];
        for (int i = 0; i < 20; i++)
        {
            given.Add(pool.SubmitAsync(Jobs.Noop, i, cancellationToken: one.Token));
            given.Add(pool.SubmitAsync(Jobs.Noop, i, cancellationToken: one.Token));
            kept.Add(pool.SubmitAsync(Jobs.Noop, i, cancellationToken: other.Token));
            kept.Add(pool.SubmitAsync(Jobs.Noop, i));
        }
        one.Cancel();
        foreach (var item in given) Assert.Equal(one.Token, (await Assert.ThrowsAsync<TaskCanceledException>(() => item)).CancellationToken);
        Assert.Equal(40, pool.GetStatistics().CurrentQueued);
        File.WriteAllText(folder["gate"], "");
        await held;
        await Task.WhenAll(kept);
        // A token whose items have all ended serves again.
        Assert.Equal(7, await pool.SubmitAsync(Jobs.Noop, 7, cancellationToken: other.Token));
        using var again = new Folder();
        held = pool.SubmitAsync(Jobs.Gated, (again["log"], again["gate"], 1));
        await Until.WrittenAsync(again["log"]);
        var late = pool.SubmitAsync(Jobs.Noop, 8, cancellationToken: other.Token);
        other.Cancel();
        await Assert.ThrowsAsync<TaskCanceledException>(() => late);
        File.WriteAllText(again["gate"], "");
        await held;
    }

    [Fact]
    public async Task Cancel_WhileOthersSubmitWithTheToken_EndsEachItemOnce()
    {
        await using var pool = Pool(workers: 2);
        await pool.SubmitAsync(Jobs.Noop, 1);
        for (int round = 0; round < 50; round++)
        {
            using var cancel = new CancellationTokenSource();
            var submitters = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
            {
                int ended = 0;
                for (int i = 0; i < 200 && !cancel.IsCancellationRequested; i++)
                {
                    try
                    {
                        await pool.SubmitAsync(Jobs.Noop, i, cancellationToken: cancel.Token);
                    }
                    catch (OperationCanceledException)
                    {
                        return ended + 1;
                    }
                    ended++;
                }
                return ended;
            })).ToArray();
            if (round % 2 == 0) await Task.Yield();
            else await pool.SubmitAsync(Jobs.Noop, round);
            await cancel.CancelAsync();
            await Task.WhenAll(submitters).WaitAsync(TimeSpan.FromSeconds(60));
        }
        var statistics = pool.GetStatistics();
        Assert.Equal(0, statistics.CurrentQueued + statistics.CurrentRunning);
        Assert.Equal(0, statistics.TotalFailed);
    }

    [Fact]
    public async Task Cancel_InTheWorkersPipe_TakesItBackWhileAnotherRuns()
    {
        using var folder = new Folder();
        await using var pool = Pool();
        for (int i = 0; i < 50; i++) await pool.SubmitAsync(Jobs.Noop, i);
        var held = pool.SubmitAsync(Jobs.Gated, (folder["log"], folder["gate"], 1));
        using var cancel = new CancellationTokenSource();
        var piped = pool.SubmitAsync(Jobs.Append, (folder["never"], 1), cancellationToken: cancel.Token);
        await Until.WrittenAsync(folder["log"]);
        cancel.Cancel();
        await Assert.ThrowsAsync<TaskCanceledException>(() => piped);
        Assert.False(held.IsCompleted);
        File.WriteAllText(folder["gate"], "");
        await held;
        await pool.SubmitAsync(Jobs.Noop, 1);
        Assert.False(File.Exists(folder["never"]));
    }

    [Fact]
    public async Task Cancel_OfAListeningItem_EndsItAndKeepsTheWorker()
    {
        using var folder = new Folder();
        await using var pool = Pool(grace: 20);
        int pid = await pool.SubmitAsync(Jobs.ProcessId);
        using var cancel = new CancellationTokenSource();
        var running = pool.SubmitAsync(Jobs.UntilCancelled, folder["begun"], cancellationToken: cancel.Token);
        await Until.ExistsAsync(folder["begun"]);
        cancel.Cancel();
        await Assert.ThrowsAsync<TaskCanceledException>(() => running);
        Assert.Equal(pid, await pool.SubmitAsync(Jobs.ProcessId));
    }

    [Fact]
    public async Task Cancel_OfADeafItem_KillsItsWorkerAfterTheGrace()
    {
        using var folder = new Folder();
        await using var pool = Pool();
        using var cancel = new CancellationTokenSource();
        var running = pool.SubmitAsync(Jobs.Spin, folder["begun"], cancellationToken: cancel.Token);
        await Until.ExistsAsync(folder["begun"]);
        int pid = pool.GetWorkerProcessIds().Single();
        cancel.Cancel();
        await Assert.ThrowsAsync<TaskCanceledException>(() => running);
        Assert.False(Until.Lives(pid));
        Assert.NotEqual(pid, await pool.SubmitAsync(Jobs.ProcessId));
    }

    [Fact]
    public async Task Timeout_OfAnItemThatNeverEnds_KillsItAndThePoolGoesOn()
    {
        using var folder = new Folder();
        await using var pool = Pool();
        var options = new WorkOptions { Timeout = TimeSpan.FromMilliseconds(100), Name = "endless" };
        var error = await Assert.ThrowsAsync<TimeoutException>(() => pool.SubmitAsync(Jobs.Spin, folder["a"], options));
        Assert.Contains("endless", error.Message);
        Assert.Equal(9, await pool.SubmitAsync(Jobs.Square, 3));
    }

    [Fact]
    public async Task Timeout_OfAListeningItem_IsATimeoutAndKeepsTheWorker()
    {
        using var folder = new Folder();
        await using var pool = Pool(grace: 20);
        int pid = await pool.SubmitAsync(Jobs.ProcessId);
        var options = new WorkOptions { Timeout = TimeSpan.FromMilliseconds(50) };
        await Assert.ThrowsAsync<TimeoutException>(() => pool.SubmitAsync(Jobs.UntilCancelled, folder["begun"], options));
        Assert.Equal(pid, await pool.SubmitAsync(Jobs.ProcessId));
    }

    [Fact]
    public async Task Timeout_CountsFromTheMomentAWorkerTakesTheItem()
    {
        using var folder = new Folder();
        await using var pool = Pool();
        var held = pool.SubmitAsync(Jobs.Gated, (folder["log"], folder["gate"], 1));
        var behind = pool.SubmitAsync(Jobs.Square, 4, new WorkOptions { Timeout = TimeSpan.FromSeconds(5) });
        await Until.WrittenAsync(folder["log"]);
        File.WriteAllText(folder["gate"], "");
        await held;
        Assert.Equal(16, await behind);
    }

    [Fact]
    public async Task Kill_AlsoEndsWhatTheItemStarted()
    {
        using var folder = new Folder();
        await using var pool = Pool(grace: 0);
        int grandchild = await pool.SubmitAsync(Jobs.Grandchild, 0);
        Assert.True(Until.Lives(grandchild));
        await Assert.ThrowsAsync<TimeoutException>(() => pool.SubmitAsync(Jobs.Spin, folder["a"], new WorkOptions { Timeout = TimeSpan.FromMilliseconds(50) }));
        await Until.GoneAsync(grandchild);
    }

    [Fact]
    public async Task Dispose_WaitsForAcceptedWork_ThenEndsTheWorkers()
    {
        using var folder = new Folder();
        var pool = Pool(2, grace: 5);
        var tasks = Enumerable.Range(0, 20).Select(i => pool.SubmitAsync(Jobs.Append, (folder[$"{i}"], i))).ToArray();
        await tasks[0];
        var pids = pool.GetWorkerProcessIds();
        await pool.DisposeAsync();
        Assert.All(tasks, t => Assert.True(t.IsCompletedSuccessfully));
        Assert.All(pids, pid => Assert.False(Until.Lives(pid)));
    }

    [Fact]
    public async Task Dispose_WorkerThatDoesNotEnd_IsKilled()
    {
        var pool = Pool(1, grace: 0.1);
        int pid = await pool.SubmitAsync(() =>
        {
            new Thread(() => Thread.Sleep(Timeout.Infinite)).Start();
            return Environment.ProcessId;
        });
        await pool.DisposeAsync();
        Assert.False(Until.Lives(pid));
    }

    [Fact]
    public async Task Cancel_DeafAsynchronousItem_LeavesTheOthersOnItsWorkerAlone()
    {
        using var folder = new Folder();
        await using var pool = Pool();
        using var cancel = new CancellationTokenSource();
        var deaf = pool.SubmitAsync(Jobs.DeafAsync, folder["deaf"], cancellationToken: cancel.Token);
        var other = pool.SubmitAsync(Jobs.WaitForFileAsync, folder["go"]);
        await Until.ExistsAsync(folder["deaf"]);
        await Until.TrueAsync(() => pool.GetStatistics().CurrentRunning == 2, "both run");
        int pid = pool.GetWorkerProcessIds().Single();
        cancel.Cancel();
        await Assert.ThrowsAsync<TaskCanceledException>(() => deaf);
        Assert.True(Until.Lives(pid));
        File.WriteAllText(folder["go"], "");
        Assert.Equal("process-1", await other);
        await Until.GoneAsync(pid);
        Assert.Equal(4, await pool.SubmitAsync(Jobs.Square, 2));
    }

    [Fact]
    public async Task Cancel_AsynchronousItemThatBlocksTheOthers_KillsTheWorkerAndSaysWhy()
    {
        using var folder = new Folder();
        await using var pool = Pool();
        using var cancel = new CancellationTokenSource();
        var other = pool.SubmitAsync(Jobs.WaitForFileAsync, folder["go"]);
        await Until.TrueAsync(() => pool.GetStatistics().CurrentRunning == 1, "it runs");
        var spinning = pool.SubmitAsync(Jobs.SpinAsync, folder["spin"], cancellationToken: cancel.Token);
        await Until.ExistsAsync(folder["spin"]);
        cancel.Cancel();
        await Assert.ThrowsAsync<TaskCanceledException>(() => spinning);
        Assert.Contains("SpinAsync", (await Assert.ThrowsAsync<WorkerCrashedException>(() => other)).LikelyCause);
    }

    [Fact]
    public async Task Async_ManyItemsWaitOnOneWorkerAtATime()
    {
        using var folder = new Folder();
        await using var pool = Pool();
        var waiting = Enumerable.Range(0, 50).Select(_ => pool.SubmitAsync(Jobs.WaitForFileAsync, folder["go"])).ToArray();
        await Until.TrueAsync(() => pool.GetStatistics().CurrentRunning == 50, "all run at the same time");
        File.WriteAllText(folder["go"], "");
        Assert.All(await Task.WhenAll(waiting), w => Assert.Equal("process-1", w));
    }
}

public sealed class SharedMemoryStoppingTests() : StoppingTests(Way.SharedMemory);

public sealed class SocketStoppingTests() : StoppingTests(Way.Sockets);
