namespace Simul.Tests.Executors;

public class ThreadExecutorTests : ExecutorConformance
{
    protected override string Engine => "threads";

    protected override Executor Make(int workers = 2, TimeProvider? clock = null, WorkObserver? observer = null) =>
        new ThreadExecutor(new ThreadExecutorOptions { Workers = workers, Clock = clock ?? TimeProvider.System, Observer = observer });

    [Theory]
    [InlineData(24, 1_800)]
    [InlineData(2, 21_600)]
    public void Exhibition_24Jobs30Sleeps_EndsAtExactly(int threads, int seconds)
    {
        var clock = new VirtualTimeProvider();
        Run(async () =>
        {
            await using var executor = new ThreadExecutor(new ThreadExecutorOptions { Workers = threads, Clock = clock });
            var boards = Enumerable.Range(0, 24).Select(b => executor.SubmitAsync(() =>
            {
                for (int i = 0; i < 30; i++) WorkContext.Current!.Clock.Sleep(Sec(60));
                return b;
            })).ToList();
            Assert.Equal(Enumerable.Range(0, 24), await Task.WhenAll(boards));
            Assert.Equal(Sec(seconds), EventLoop.Now);
            Assert.Equal(threads, executor.GetStatistics().TotalWorkersStarted);
        }, o => o with { Clock = clock });
        Assert.Equal(Sec(seconds), clock.Elapsed);
    }

    [Fact]
    public async Task Threads_AreDedicatedNamedAndStartedOnDemand()
    {
        var executor = new ThreadExecutor(new ThreadExecutorOptions { Workers = 3, Name = "disk" });
        for (int i = 0; i < 10; i++)
        {
            var (name, pool, background) = await Timely(executor.SubmitAsync(() =>
                (Thread.CurrentThread.Name, Thread.CurrentThread.IsThreadPoolThread, Thread.CurrentThread.IsBackground)));
            Assert.StartsWith("disk-", name);
            Assert.True(background && !pool);
            Eventually(() => executor.GetStatistics().CurrentRunning == 0, "it idles");
        }
        Assert.Equal(1, executor.GetStatistics().TotalWorkersStarted);
        await Timely(executor.DisposeAsync().AsTask());
    }

    // A9
    [Fact]
    public async Task Item_EndsAfterTheLoopThatGaveItUp_DisturbsNobody()
    {
        var executor = Make(1);
        using var gate = new ManualResetEventSlim();
        List<string> lines = [];
        Task<int> item = null!;
        Run(async () =>
        {
            item = executor.SubmitAsync(() =>
            {
                gate.Wait();
                return 1;
            });
            Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), () => EventLoop.Interruptible(item)));
        }, o => o with { Log = lines.Add });
        gate.Set();
        Assert.Equal(1, await Timely(item));
        await Timely(executor.DisposeAsync().AsTask());
        Assert.Empty(lines);
    }

    // The thread that never comes back is replaced, and the end does not wait for it.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Timeout_Runaway_ItsThreadIsReplaced(bool somebodyWaits)
    {
        var executor = Make(1);
        using var gate = new ManualResetEventSlim();
        var runaway = executor.SubmitAsync(() =>
        {
            gate.Wait();
            return 1;
        }, new WorkOptions { Timeout = TimeSpan.FromMilliseconds(30), Name = "runaway" });
        var queued = somebodyWaits ? executor.SubmitAsync(() => 2) : null;
        Says(await Assert.ThrowsAsync<TimeoutException>(() => Timely(runaway)), "runaway", "cannot be stopped");
        if (queued is not null) Assert.Equal(2, await Timely(queued));
        Assert.Equal(3, await Timely(executor.SubmitAsync(() => 3)));
        Assert.Equal(2, executor.GetStatistics().TotalWorkersStarted);
        await Timely(executor.DisposeAsync().AsTask());
        gate.Set();
        Eventually(() => executor.GetStatistics().CurrentRunning == 0, "the runaway came back");
    }

    // One that ends when its token says so keeps its thread: what ended meanwhile must not be counted out twice.
    [Fact]
    public async Task Timeout_MethodEndsAsTheTokenTellsIt_TheWorkerIsKept()
    {
        for (int i = 0; i < 5; i++)
        {
            var executor = Make(1);
            using var told = new ManualResetEventSlim();
            var late = executor.SubmitAsync(token =>
            {
                // The token's callbacks run while the limit is dealt with: here until the worker is idle again.
                token.UnsafeRegister(_ =>
                {
                    told.Set();
                    Eventually(() => executor.GetStatistics().CurrentRunning == 0, "the method ended");
                }, null);
                told.Wait();
                return 1;
            }, new WorkOptions { Timeout = TimeSpan.FromMilliseconds(20) });
            await Assert.ThrowsAsync<TimeoutException>(() => Timely(late));
            Assert.Equal(2, await Timely(executor.SubmitAsync(() => 2)));
            await Timely(executor.DisposeAsync().AsTask());
            Assert.Equal(1, executor.GetStatistics().TotalWorkersStarted);
        }
    }

    [Fact]
    public async Task Blocking_DoesNotHoldUpTheOthers()
    {
        await using var executor = Make(2);
        using var gate = new ManualResetEventSlim();
        var blocked = executor.SubmitAsync(() =>
        {
            gate.Wait();
            return 1;
        });
        for (int i = 0; i < 20; i++) Assert.Equal(i, await Timely(executor.SubmitAsync(x => x, i)));
        gate.Set();
        Assert.Equal(1, await Timely(blocked));
    }

    [Fact]
    public async Task Asynchronous_RunsOnALoopOfItsThread()
    {
        await using var executor = new ThreadExecutor(new ThreadExecutorOptions { Workers = 1, Name = "io" });
        Assert.Equal(("io-1", true), await Timely(executor.SubmitAsync(async () =>
        {
            int thread = Environment.CurrentManagedThreadId;
            await EventLoop.Yield();
            return (EventLoop.Current.Name, thread == Environment.CurrentManagedThreadId);
        })));
    }

    [Fact]
    public void Sleep_Cancelled_EndsTheItem() => Virtually(async (executor, clock) =>
    {
        for (int i = 1; i <= 100; i++)
        {
            using var source = new CancellationTokenSource(Sec(5), EventLoop.Current.TimeProvider);
            await Raises<OperationCanceledException>(() => executor.SubmitAsync(token =>
            {
                WorkContext.Current!.Clock.Sleep(Sec(100), token);
                return 1;
            }, cancellationToken: source.Token));
            Assert.Equal(Sec(5 * i), clock.Elapsed);
        }
    });
}
