namespace Simul.Tests.Executors;

public abstract partial class ExecutorConformance
{
    // What an item waits for must not be itself.
    [Fact]
    public async Task Dispose_FromAnOwnItem_BeginsTheEndAndDoesNotHang()
    {
        var executor = Make(1);
        var task = executor.SubmitAsync(async () =>
        {
            await executor.DisposeAsync();
            return 5;
        });
        Assert.Equal(5, await Timely(task));
        await Timely(executor.DisposeAsync().AsTask());
        Assert.Throws<ExecutorClosedException>(() => { _ = executor.SubmitAsync(() => 1); });
    }

    [Theory]
    [InlineData(ShutdownMode.CancelQueued, false)]
    [InlineData(ShutdownMode.CancelAll, true)]
    [InlineData(ShutdownMode.Kill, true)]
    public async Task Shutdown_FromAnOwnItem_DoesNotHang(ShutdownMode mode, bool cancelsIt)
    {
        var executor = Make(1);
        var go = new TaskCompletionSource();
        var task = executor.SubmitAsync(async () =>
        {
            await go.Task;
            await executor.ShutdownAsync(mode);
            await EventLoop.Delay(TimeSpan.FromMilliseconds(1)); // a checkpoint
            return 2;
        });
        var queued = executor.SubmitAsync(() => 1);
        go.SetResult();
        if (cancelsIt) await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Timely(task));
        else Assert.Equal(2, await Timely(task));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Timely(queued));
        await Timely(executor.DisposeAsync().AsTask());
    }

    // Two that end it together wait for each other neither.
    [Fact]
    public async Task Dispose_FromTwoOwnItems_DoesNotHang()
    {
        var executor = Make(2);
        var both = new TaskCompletionSource();
        int here = 0;
        var tasks = Enumerable.Range(0, 2).Select(_ => executor.SubmitAsync(async () =>
        {
            if (Interlocked.Increment(ref here) == 2) both.SetResult();
            await both.Task;
            await executor.DisposeAsync();
            return 1;
        })).ToArray();
        Assert.Equal((int[])[1, 1], await Timely(Task.WhenAll(tasks)));
        await Timely(executor.DisposeAsync().AsTask());
    }

    // An item's successor, started by it and not awaited, is no item any more.
    [Fact]
    public async Task Dispose_FromWhatAnItemLeftBehind_WaitsLikeAnybody()
    {
        var executor = Make(2);
        var release = new TaskCompletionSource<int>();
        var go = new TaskCompletionSource();
        Task? end = null;
        await Timely(executor.SubmitAsync(() =>
        {
            end = Task.Run(async () =>
            {
                await go.Task;
                await executor.DisposeAsync();
            });
        }));
        Eventually(() => executor.GetStatistics().CurrentRunning == 0, "the item has gone");
        var held = executor.SubmitAsync(() => release.Task);
        go.SetResult();
        Eventually(() =>
        {
            try
            {
                _ = executor.WaitForRoomAsync();
                return false;
            }
            catch (ExecutorClosedException)
            {
                return true;
            }
        }, "the end began");
        Assert.False(end!.IsCompleted);
        release.SetResult(1);
        await Timely(end);
        Assert.True(held.IsCompletedSuccessfully);
    }

    // B69
    [Fact]
    public async Task SelfSubmission_Awaited_DoesNotDeadlock()
    {
        await using var executor = Make(1);
        async Task<int> Depth(int n) => n == 0 ? 0 : 1 + await executor.SubmitAsync(Depth, n - 1);
        Assert.Equal(10, await Timely(executor.SubmitAsync(Depth, 10)));
        var behind = executor.SubmitAsync(() => 3);
        Assert.Equal(3, await Timely(behind));
    }

    // B69: the lent slot comes back, so the bound holds again.
    [Fact]
    public void SelfSubmission_Afterwards_TheBoundHolds() => Virtually(async (executor, clock) =>
    {
        Assert.Equal(3, await executor.SubmitAsync(async () => await executor.SubmitAsync(() => 1) + await executor.SubmitAsync(() => 2)));
        var start = clock.Elapsed;
        await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => executor.SubmitAsync(async () => await EventLoop.Delay(Sec(1)))));
        Assert.Equal(Sec(2), clock.Elapsed - start);
        Assert.Equal(new(0, 0), (executor.GetStatistics().CurrentQueued, executor.GetStatistics().CurrentRunning));
    }, workers: 2);

    // B69: what it submitted stands behind what waits already, and comes to its turn all the same.
    [Fact]
    public async Task SelfSubmission_BehindAQueue_DoesNotDeadlock()
    {
        await using var executor = Make(1);
        var queued = new TaskCompletionSource();
        var parent = executor.SubmitAsync(async () =>
        {
            await queued.Task;
            return await executor.SubmitAsync(() => 7);
        });
        var others = Enumerable.Range(0, 20).Select(i => executor.SubmitAsync(() => i)).ToArray();
        queued.SetResult();
        Assert.Equal(7, await Timely(parent));
        await Timely(Task.WhenAll(others));
    }

    [Fact]
    public void Retry_Delays_AreOnTheExecutorsClockAndGrow() => Virtually(async (executor, clock) =>
    {
        List<TimeSpan> begun = [];
        var policy = new RetryPolicy { Attempts = 5, Delay = Sec(1), Backoff = 3, MaxDelay = Sec(10), When = _ => true };
        await Raises<FormatException>(() => executor.SubmitAsync(() =>
        {
            begun.Add(clock.Elapsed);
            throw new FormatException();
        }, new WorkOptions { Retry = policy }));
        Assert.Equal([Sec(0), Sec(1), Sec(4), Sec(13), Sec(23)], begun);
    });

    [Fact]
    public void Map_TotalTimeout_CountsFromTheCall() => Virtually(async (executor, clock) =>
    {
        List<int> got = [];
        var map = executor.MapAsync(Enumerable.Range(1, 10), async (int x) =>
        {
            await EventLoop.Delay(Sec(x));
            return x;
        }, new MapOptions { TotalTimeout = Sec(7) });
        await EventLoop.Delay(Sec(2));
        var error = await Raises<TimeoutException>(async () =>
        {
            await foreach (int x in map) got.Add(x);
        });
        Says(error, "map", "00:00:07");
        Assert.Equal([1, 2], got); // one after the other: 3 s after the 2 before
        Assert.Equal(Sec(7), clock.Elapsed);
        // A thread's item is over for its submitter before its worker has unwound it.
        Eventually(() => executor.GetStatistics().CurrentRunning == 0, "the item has left its worker");
    }, workers: 1);

    [Fact]
    public void Map_AsynchronousInputs_AResultDoesNotWaitForAnInput() => Virtually(async (executor, clock) =>
    {
        async IAsyncEnumerable<int> Inputs()
        {
            for (int i = 0; i < 4; i++)
            {
                await EventLoop.Delay(Sec(10));
                yield return i;
            }
        }
        foreach (bool ordered in new[] { true, false })
        {
            var start = clock.Elapsed;
            List<(int, TimeSpan)> got = [];
            await foreach (int x in executor.MapAsync(Inputs(), async (int x) =>
            {
                await EventLoop.Delay(Sec(1));
                return x;
            }, new MapOptions { Ordered = ordered })) got.Add((x, clock.Elapsed - start));
            Assert.Equal([(0, Sec(11)), (1, Sec(21)), (2, Sec(31)), (3, Sec(41))], got);
        }
    });

    [Fact]
    public async Task Map_AsynchronousInputs_LeftEarly_AreCancelledAndDisposed()
    {
        await using var executor = Make(2);
        bool cancelled = false, disposed = false;
        async IAsyncEnumerable<int> Inputs([System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token = default)
        {
            try
            {
                yield return 1;
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }
            finally
            {
                cancelled = token.IsCancellationRequested;
                disposed = true;
            }
        }
        await foreach (int x in executor.MapAsync(Inputs(), x => x + 1))
        {
            Assert.Equal(2, x);
            break;
        }
        Assert.True(cancelled && disposed);
    }

    [Fact]
    public async Task Map_AsynchronousInputs_Throw_ThatExceptionComesOut()
    {
        await using var executor = Make(2);
        static async IAsyncEnumerable<int> Inputs()
        {
            yield return 1;
            await Task.Yield();
            throw new FormatException("inputs");
        }
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (int _ in executor.MapAsync(Inputs(), x => x)) { }
        });
        Assert.Equal(1, await Timely(executor.SubmitAsync(() => 1)));
    }

    [Fact]
    public async Task Submit_WithoutAResult_EveryShape()
    {
        await using var executor = Make();
        int calls = 0;
        void Count() => Interlocked.Increment(ref calls);
        async Task CountAsync()
        {
            await EventLoop.Yield();
            Count();
        }
        await Timely(executor.SubmitAsync(Count));
        await Timely(executor.SubmitAsync(() => Count()));
        await Timely(executor.SubmitAsync(token => { Count(); }));
        await Timely(executor.SubmitAsync(CountAsync));
        await Timely(executor.SubmitAsync(async () => await CountAsync()));
        await Timely(executor.SubmitAsync(async token => await CountAsync()));
        await Timely(executor.SubmitAsync(x => { Count(); }, 1));
        await Timely(executor.SubmitAsync(async x => await CountAsync(), 1));
        await Timely(executor.SubmitAsync((int x, CancellationToken token) => { Count(); }, 1));
        await Timely(executor.SubmitAsync(async (int x, CancellationToken token) => await CountAsync(), 1));
        Assert.Equal(10, calls);
        await Assert.ThrowsAsync<FormatException>(() => Timely(executor.SubmitAsync(() => throw new FormatException())));
    }

    // An overload that cannot be told from another is no overload.
    [Fact]
    public async Task Submit_MethodGroupsAndLambdas_AreToldApart()
    {
        await using var executor = Make();
        static int Value() => 1;
        static Task<int> Later() => Task.FromResult(2);
        static int Twice(int x) => 2 * x;
        static Task<int> TwiceLater(int x) => Task.FromResult(2 * x);
        Assert.Equal(1, await Timely(executor.SubmitAsync(Value)));
        Assert.Equal(2, await Timely(executor.SubmitAsync(Later)));
        Assert.Equal(2, await Timely(executor.SubmitAsync(() => Later())));
        Assert.Equal(2, await Timely(executor.SubmitAsync(async () => await Later())));
        Assert.Equal(6, await Timely(executor.SubmitAsync(Twice, 3)));
        Assert.Equal(6, await Timely(executor.SubmitAsync(TwiceLater, 3)));
        Assert.Equal(6, await Timely(executor.SubmitAsync(x => TwiceLater(x), 3)));
        Assert.Equal(1, await Timely(executor.SubmitAsync(Value, new WorkOptions { Name = "named" })));
    }
}
