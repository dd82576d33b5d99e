namespace Simul.Tests.Stress;

// What only shows when two threads meet at the wrong moment, many times over. SIMUL_STRESS=1 plays a hundred times as many.
public class RaceTests
{
    private static int Times(int usual) => Environment.GetEnvironmentVariable("SIMUL_STRESS") == "1" ? usual * 100 : usual;

    // Posts that meet the loop's end are run or refused, never dropped; also where a task is left behind a shield.
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Post_MeetsTheEnd_IsRunOrRefused(bool stalled)
    {
        for (int i = 0; i < Times(100); i++)
        {
            int accepted = 0, ran = 0;
            using var go = new ManualResetEventSlim();
            EventLoop? loop = null;
            var poster = new Thread(() =>
            {
                go.Wait();
                try
                {
                    while (true)
                    {
                        loop!.Post(() => ran++);
                        accepted++;
                        if (stalled) Thread.Yield(); // or the loop would never find itself idle
                    }
                }
                catch (EventLoopClosedException)
                {
                }
            }) { IsBackground = true };
            poster.Start();
            try
            {
                Run(async () =>
                {
                    loop = EventLoop.Current;
                    go.Set();
                    await EventLoop.Yield();
                    if (!stalled) return;
                    using (CancelScope.Enter(shield: true)) await new Future<int>();
                });
            }
            catch (LoopStalledException) when (stalled)
            {
            }
            Assert.True(poster.Join(Sec(60)));
            Assert.Equal(accepted, ran);
        }
    }

    // A cancel from another thread that meets the lock's hand-over loses neither.
    [Fact]
    public void Cancel_MeetsTheHandOver_TheLockIsNeverLost() => Run(async () =>
    {
        var gate = new AsyncLock();
        using var open = EventLoop.Current.HoldOpen();
        for (int i = 0; i < Times(300); i++)
        {
            var hold = await gate.LockAsync();
            await TaskGroup.RunAsync(async group =>
            {
                var waiter = group.Spawn(async () => (await gate.LockAsync()).Dispose());
                await EventLoop.Yield();
                ThreadPool.UnsafeQueueUserWorkItem(static t => t.Cancel(), waiter, preferLocal: false);
                ThreadPool.UnsafeQueueUserWorkItem(static h => h.Dispose(), hold, preferLocal: false);
                await waiter.WaitAsync();
            });
            (await gate.LockAsync()).Dispose();
        }
    });

    // A token that is cancelled on another thread meets the hand-over: the item is read or is still there.
    [Fact]
    public void CancelledToken_MeetsTheHandOver_TheItemIsNeverLost() => Run(async () =>
    {
        var channel = LoopChannel.CreateBounded<int>(1);
        using var open = EventLoop.Current.HoldOpen();
        for (int i = 0; i < Times(300); i++)
        {
            using var source = new CancellationTokenSource();
            await TaskGroup.RunAsync(async group =>
            {
                int got = -1;
                var reader = group.Spawn(async () =>
                {
                    try
                    {
                        got = await channel.Reader.ReadAsync(source.Token);
                    }
                    catch (OperationCanceledException)
                    {
                    }
                });
                await EventLoop.Yield();
                ThreadPool.UnsafeQueueUserWorkItem(static s => s.Cancel(), source, preferLocal: false);
                await channel.Writer.WriteAsync(i);
                await reader.WaitAsync();
                if (got == -1) Assert.True(channel.Reader.TryRead(out got));
                Assert.Equal(i, got);
                while (!source.IsCancellationRequested) await EventLoop.Yield();
            });
        }
    });

    // Whoever asks for the completion on another thread while the channel ends has a task that ends.
    [Fact]
    public void Completion_AskedForWhileTheChannelEnds_Ends() => Run(async () =>
    {
        for (int i = 0; i < Times(300); i++)
        {
            var channel = LoopChannel.CreateUnbounded<int>();
            channel.Writer.TryWrite(1);
            channel.Writer.Complete();
            var asked = Task.Run(() => channel.Reader.Completion);
            if (i % 2 == 0) await EventLoop.Yield();
            channel.Reader.TryRead(out _);
            await asked.WaitAsync(Sec(60), TimeProvider.System);
        }
    });

    // The clock must not jump over work that was handed to an idling loop.
    [Fact]
    public void Jump_MeetsAPost_TheWorkComesFirst()
    {
        var clock = new VirtualTimeProvider();
        OnThread(() => EventLoop.Run(async () =>
        {
            var loop = EventLoop.Current;
            for (int i = 0; i < Times(300); i++)
            {
                var got = new Future<TimeSpan>();
                var now = EventLoop.Now;
                var far = loop.CallLater(Sec(1000), () => { });
                var member = clock.Join("worker");
                ThreadPool.UnsafeQueueUserWorkItem(_ =>
                {
                    loop.Post(() => got.SetResult(EventLoop.Now));
                    member.Dispose();
                }, null);
                Assert.Equal(now, await got);
                far.Cancel();
            }
        }, new EventLoopOptions { Clock = clock }));
        Assert.Equal(TimeSpan.Zero, clock.Elapsed);
    }

    // Limits that meet the item's own end: no worker is lost, nothing hangs, each item has one outcome.
    [Fact]
    public async Task Timeout_MeetsTheEnd_NoWorkerIsLost()
    {
        var executor = new ThreadExecutor(new ThreadExecutorOptions { Workers = 2 });
        var tasks = Enumerable.Range(0, Times(100)).Select(i => executor.SubmitAsync(token =>
        {
            token.WaitHandle.WaitOne(i % 3);
            return 1;
        }, new WorkOptions { Timeout = TimeSpan.FromMilliseconds(1) })).ToList();
        foreach (var task in tasks)
        {
            try
            {
                Assert.Equal(1, await task.WaitAsync(Sec(60)));
            }
            catch (TimeoutException error) when (error.Message.Contains("limit", StringComparison.Ordinal))
            {
            }
        }
        await executor.DisposeAsync().AsTask().WaitAsync(Sec(60));
        Eventually(() => executor.GetStatistics() is { CurrentRunning: 0, CurrentQueued: 0 } s && s.TotalCompleted + s.TotalFailed == tasks.Count, "every item was counted once");
    }

    // A cancel that meets the start: the item runs or is withdrawn, and is counted once.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_MeetsTheStart_EachItemHasOneOutcome(bool threads)
    {
        Executor executor = threads ? new ThreadExecutor(new ThreadExecutorOptions { Workers = 2 }) : new LoopExecutor(new LoopExecutorOptions { Workers = 2 });
        int ran = 0, ended = 0, cancelled = 0;
        for (int i = 0; i < Times(300); i++)
        {
            using var source = new CancellationTokenSource();
            var tasks = Enumerable.Range(0, 4).Select(_ => executor.SubmitAsync(() => Interlocked.Increment(ref ran), cancellationToken: source.Token)).ToList();
            source.Cancel();
            foreach (var task in tasks)
            {
                try
                {
                    await task.WaitAsync(Sec(60));
                    ended++;
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                }
            }
        }
        await executor.DisposeAsync().AsTask().WaitAsync(Sec(60));
        Assert.Equal(ended, ran);
        var statistics = executor.GetStatistics();
        Assert.Equal((ended, cancelled), (statistics.TotalCompleted, statistics.TotalCancelled));
        Assert.Equal((0, 0), (statistics.CurrentQueued, statistics.CurrentRunning));
    }

    // Timers set, moved and disposed from many threads.
    [Fact]
    public void LoopTimers_FromManyThreads_FireOnceOrNever() => Run(async () =>
    {
        var provider = EventLoop.Current.TimeProvider;
        using var open = EventLoop.Current.HoldOpen();
        int fired = 0, after = 0;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() =>
        {
            for (int i = 0; i < Times(200); i++)
            {
                using var timer = provider.CreateTimer(_ => fired++, null, Sec(1), Timeout.InfiniteTimeSpan);
                timer.Change(Sec(2), Timeout.InfiniteTimeSpan);
                if (i % 2 == 0) timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            }
        })));
        after = fired;
        await EventLoop.Delay(Sec(100));
        Assert.Equal(after, fired);
        Assert.Equal(0, EventLoop.Current.GetStatistics().CurrentTimers);
    });
}
