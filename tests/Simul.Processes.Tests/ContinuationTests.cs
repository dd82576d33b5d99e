namespace Simul.Processes.Tests;

// What runs behind an await of an item may run on the thread that receives from its worker. It must not be able to tell.
// Everything here runs without the tests' synchronization context, which would take it elsewhere.
public abstract class ContinuationTests(Way way) : PoolTests(way)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    [Fact]
    public Task Continuation_MayBlockOnTheNextItemOfTheSameWorker() => Task.Run(async () =>
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1 });
        await pool.SubmitAsync(Jobs.Noop, 0);
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(i, await pool.SubmitAsync(Jobs.Noop, i));
            var next = pool.SubmitAsync(Jobs.Square, i);
            Assert.True(next.Wait(s_limit), "an item that is blocked for ends");
            Assert.Equal(i * i, next.Result);
        }
    });

    [Fact]
    public Task Continuation_ThatDoesNotComeBack_HoldsNobodyUp() => Task.Run(async () =>
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1 });
        await pool.SubmitAsync(Jobs.Noop, 0);
        using var gate = new ManualResetEventSlim();
        var stuck = new List<Task>();
        for (int i = 0; i < 6; i++)
        {
            var begun = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            stuck.Add(Task.Run(() => BlockAsync(begun))); // not on this thread, should the item have ended already
            await begun.Task.WaitAsync(s_limit);
            Assert.Equal(49, await pool.SubmitAsync(Jobs.Square, 7).WaitAsync(s_limit));
        }
        gate.Set();
        await Task.WhenAll(stuck).WaitAsync(s_limit);

        async Task BlockAsync(TaskCompletionSource begun)
        {
            await pool.SubmitAsync(Jobs.Noop, 1);
            begun.SetResult();
            gate.Wait();
        }
    });

    [Fact]
    public Task Continuation_MayBlockOnTheEndOfThePool() => Task.Run(async () =>
    {
        var pool = Open(new ProcessExecutorOptions { Workers = 2 });
        await pool.SubmitAsync(Jobs.Noop, 0);
        int pid = await pool.SubmitAsync(Jobs.ProcessId);
        Assert.True(pool.DisposeAsync().AsTask().Wait(s_limit), "the pool ends while the thread that received from its worker waits for that");
        await Until.GoneAsync(pid);
    });

    // Of an outcome that somebody else delivers: of a failure, and after a relief.
    [Fact]
    public Task Continuation_MayBlockOnTheEndOfThePool_WhereverItRuns() => Task.Run(async () =>
    {
        var pool = Open(new ProcessExecutorOptions { Workers = 1 });
        await pool.SubmitAsync(Jobs.Noop, 0);
        await Assert.ThrowsAsync<InvalidOperationException>(() => pool.SubmitAsync(Jobs.Throw, "as asked"));
        Assert.True(pool.ShutdownAsync().Wait(s_limit), "after a failure");
        for (int i = 0; i < 5; i++)
        {
            pool = Open(new ProcessExecutorOptions { Workers = 1 });
            await pool.SubmitAsync(Jobs.Noop, 0);
            await pool.SubmitAsync(Jobs.Noop, 1);
            TimeProvider.System.Sleep(TimeSpan.FromMilliseconds(30)); // away for long, and so the next ones are delivered elsewhere
            await pool.SubmitAsync(Jobs.Noop, 2);
            Assert.True(pool.ShutdownAsync().Wait(s_limit), "after a relief");
        }
    });

    [Fact]
    public Task WorkerThatDies_WhileItsReceiverIsInAContinuation_IsMissed() => Task.Run(async () =>
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, OutputHandler = static _ => { } });
        await pool.SubmitAsync(Jobs.Noop, 0);
        for (int i = 0; i < 10; i++)
        {
            int pid = await pool.SubmitAsync(Jobs.ProcessId);
            // Perhaps on that thread: blocked while its worker takes an item along.
            var fatal = pool.SubmitAsync(Jobs.KillMyself, 9);
            Assert.ThrowsAny<AggregateException>(() => fatal.Wait(s_limit));
            Assert.True(fatal.IsFaulted);
            Assert.IsType<WorkerCrashedException>(fatal.Exception!.InnerException);
            Assert.NotEqual(pid, await pool.SubmitAsync(Jobs.ProcessId).WaitAsync(s_limit));
        }
    });

    [Fact]
    public Task Outcome_ThatNobodyAwaitsYet_IsThereBeforeThePoolEnds() => Task.Run(async () =>
    {
        for (int i = 0; i < 5; i++)
        {
            var pool = Open(new ProcessExecutorOptions { Workers = 1 });
            await pool.SubmitAsync(Jobs.Noop, 0);
            var item = pool.SubmitAsync(Jobs.Square, i);
            await pool.DisposeAsync();
            Assert.True(item.IsCompletedSuccessfully);
            Assert.Equal(i * i, item.Result);
        }
    });

    // Some continuations are short, some block, some wait for others.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public Task Continuations_OfAllKinds_EndInTime(int seed) => Task.Run(async () =>
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 3 });
        await pool.SubmitAsync(Jobs.Noop, 0);
        await Task.WhenAll(Enumerable.Range(0, 4).Select(n => Task.Run(() => LoopAsync(new Random(seed * 10 + n))))).WaitAsync(s_limit);
        Assert.Equal(0, pool.GetStatistics().CurrentRunning);

        async Task LoopAsync(Random random)
        {
            for (int i = 0; i < 300; i++)
            {
                Assert.Equal(i, await pool.SubmitAsync(Jobs.Noop, i));
                switch (random.Next(20))
                {
                    case 0:
                        TimeProvider.System.Sleep(TimeSpan.FromMilliseconds(random.Next(6)));
                        break;
                    case 1:
                        Assert.Equal(i * i, pool.SubmitAsync(Jobs.Square, i).GetAwaiter().GetResult());
                        break;
                    case 2:
                        await Task.Yield();
                        break;
                }
            }
        }
    });
}

public sealed class SharedMemoryContinuationTests() : ContinuationTests(Way.SharedMemory);

public sealed class SocketContinuationTests() : ContinuationTests(Way.Sockets);
