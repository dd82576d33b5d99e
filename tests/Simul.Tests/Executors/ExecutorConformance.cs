namespace Simul.Tests.Executors;

// What every engine promises; each engine's tests inherit it.
public abstract partial class ExecutorConformance
{
    protected abstract Executor Make(int workers = 2, TimeProvider? clock = null, WorkObserver? observer = null);

    protected abstract string Engine { get; }

    protected static Task Timely(Task task) => task.WaitAsync(Sec(60));

    protected static Task<T> Timely<T>(Task<T> task) => task.WaitAsync(Sec(60));

    private static int Throw(Exception error) => throw error;

    // On a loop of its own in virtual time, which the executor shares.
    protected void Virtually(Func<Executor, VirtualTimeProvider, Task> body, int workers = 2)
    {
        var clock = new VirtualTimeProvider();
        Run(async () =>
        {
            await using var executor = Make(workers, clock);
            await body(executor, clock);
        }, o => o with { Clock = clock });
    }

    [Fact]
    public async Task Submit_EveryShape_GivesTheResult()
    {
        await using var executor = Make();
        Assert.Equal(1, await Timely(executor.SubmitAsync(() => 1)));
        Assert.Equal(2, await Timely(executor.SubmitAsync((CancellationToken _) => 2)));
        Assert.Equal(3, await Timely(executor.SubmitAsync(() => Task.FromResult(3))));
        Assert.Equal(4, await Timely(executor.SubmitAsync((CancellationToken _) => Task.FromResult(4))));
        Assert.Equal(6, await Timely(executor.SubmitAsync((int x) => x + 1, 5)));
        Assert.Equal(7, await Timely(executor.SubmitAsync((int x, CancellationToken _) => x + 1, 6)));
        Assert.Equal(8, await Timely(executor.SubmitAsync((int x) => Task.FromResult(x + 1), 7)));
        Assert.Equal(9, await Timely(executor.SubmitAsync(async (int x, CancellationToken token) =>
        {
            await EventLoop.Yield();
            token.ThrowIfCancellationRequested();
            return x + 1;
        }, 8)));
    }

    [Fact]
    public async Task Submit_Throwing_GivesTheVeryException()
    {
        await using var executor = Make();
        var error = new FormatException();
        Assert.Same(error, await Assert.ThrowsAsync<FormatException>(() => Timely(executor.SubmitAsync(() => Throw(error)))));
        Assert.Same(error, await Assert.ThrowsAsync<FormatException>(() => Timely(executor.SubmitAsync<int>(async () =>
        {
            await EventLoop.Yield();
            throw error;
        }))));
        Assert.Equal(1, await Timely(executor.SubmitAsync(() => 1)));
    }

    // A cancellation of somebody else's is a failure like any other, and stays what it is.
    [Fact]
    public async Task Submit_ForeignCancellation_IsAFailure()
    {
        var executor = Make();
        var error = new OperationCanceledException("the request timed out");
        Assert.Same(error, await Assert.ThrowsAsync<OperationCanceledException>(() => Timely(executor.SubmitAsync(() => Throw(error)))));
        Assert.Same(error, await Assert.ThrowsAsync<OperationCanceledException>(() => Timely(executor.SubmitAsync<int>(async () =>
        {
            await EventLoop.Yield();
            throw error;
        }))));
        await foreach (var outcome in executor.MapOutcomesAsync([1, 2], _ => Throw(error))) Assert.Same(error, outcome.Error);
        await Timely(executor.DisposeAsync().AsTask());
        Assert.Equal(4, executor.GetStatistics().TotalFailed);
        Assert.Equal(0, executor.GetStatistics().TotalCancelled);
    }

    [Fact]
    public async Task Submit_NullMethod_Throws()
    {
        await using var executor = Make();
        await Assert.ThrowsAsync<ArgumentNullException>(() => executor.SubmitAsync((Func<int>)null!));
        await Assert.ThrowsAsync<ArgumentNullException>(() => executor.SubmitAsync((Func<int, int>)null!, 1));
        Assert.Throws<ArgumentNullException>(() => { _ = executor.MapAsync((IEnumerable<int>)null!, x => x); });
        Assert.Throws<ArgumentNullException>(() => { _ = executor.MapAsync([1], (Func<int, int>)null!); });
    }

    [Fact]
    public void Options_BadNumbers_Throw()
    {
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => Make(0)), "at least");
        Assert.Throws<ArgumentOutOfRangeException>(() => new MapOptions { LookAhead = 0 });
        Assert.Throws<ArgumentOutOfRangeException>(() => new MapOptions { Timeout = TimeSpan.Zero });
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => new WorkOptions { Timeout = Sec(-1) }), "above zero");
    }

    // B1
    [Fact]
    public async Task Cancel_BeforeTheSubmission_NeverRunsTheMethod()
    {
        await using var executor = Make();
        using var source = new CancellationTokenSource();
        source.Cancel();
        bool ran = false;
        var task = executor.SubmitAsync(() => ran = true, cancellationToken: source.Token);
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Timely(task));
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.True(task.IsCanceled);
        Assert.False(ran);
    }

    // B1
    [Fact]
    public async Task Cancel_WhileQueued_NeverRunsTheMethod()
    {
        await using var executor = Make(1);
        using var source = new CancellationTokenSource();
        var release = new TaskCompletionSource<int>();
        var first = executor.SubmitAsync(() => release.Task);
        bool ran = false;
        var queued = executor.SubmitAsync(() => ran = true, cancellationToken: source.Token);
        var last = executor.SubmitAsync(() => 3);
        source.Cancel();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Timely(queued));
        Assert.Equal(source.Token, error.CancellationToken);
        release.SetResult(1);
        Assert.Equal(1, await Timely(first));
        Assert.Equal(3, await Timely(last));
        Assert.False(ran);
    }

    [Fact]
    public async Task Cancel_WhileRunning_ReachesTheMethodsToken()
    {
        await using var executor = Make();
        using var source = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        var task = executor.SubmitAsync(async token =>
        {
            started.SetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, token);
            return 1;
        }, cancellationToken: source.Token);
        await Timely(started.Task);
        source.Cancel();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Timely(task));
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.True(task.IsCanceled);
    }

    // Asynchronous methods are loop code: their waits are checkpoints, also where they take no token.
    [Fact]
    public async Task Cancel_WhileWaitingOnTheLoop_EndsTheWait()
    {
        var executor = Make();
        using var source = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        bool unwound = false;
        var task = executor.SubmitAsync(async () =>
        {
            try
            {
                started.SetResult();
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
                return 1;
            }
            finally
            {
                unwound = true;
            }
        }, cancellationToken: source.Token);
        await Timely(started.Task);
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Timely(task));
        await Timely(executor.DisposeAsync().AsTask());
        Assert.True(unwound);
        Assert.Equal(1, executor.GetStatistics().TotalCancelled);
    }

    [Fact]
    public async Task Cancel_OneThatEndsAllTheSame_HasItsResult()
    {
        await using var executor = Make();
        using var source = new CancellationTokenSource();
        Assert.Equal(4, await Timely(executor.SubmitAsync(() =>
        {
            source.Cancel();
            return 4;
        }, cancellationToken: source.Token)));
    }

    [Fact]
    public void Timeout_Asynchronous_FailsAtItsLimitAndUnwinds() => Virtually(async (executor, clock) =>
    {
        bool unwound = false;
        var error = await Raises<TimeoutException>(() => executor.SubmitAsync(async () =>
        {
            try
            {
                await EventLoop.Delay(TimeSpan.FromHours(1));
                return 1;
            }
            finally
            {
                unwound = true;
            }
        }, new WorkOptions { Timeout = Sec(5), Name = "slow one" }));
        Says(error, "slow one", "00:00:05");
        Assert.Equal(Sec(5), clock.Elapsed);
        Eventually(() => unwound, "it was told");
        Assert.Equal(Sec(5), clock.Elapsed);
    });

    [Fact]
    public void Timeout_NotReached_DoesNotDisturb() => Virtually(async (executor, clock) =>
    {
        Assert.Equal(1, await executor.SubmitAsync(async () =>
        {
            await EventLoop.Delay(Sec(4));
            return 1;
        }, new WorkOptions { Timeout = Sec(5) }));
        Assert.Equal(Sec(4), clock.Elapsed);
        Assert.Equal(0, executor.GetStatistics().TotalFailed);
    });

    [Fact]
    public void Workers_BoundTheConcurrency() => Virtually(async (executor, clock) =>
    {
        int inside = 0, most = 0;
        var tasks = Enumerable.Range(0, 12).Select(_ => executor.SubmitAsync(async () =>
        {
            int now = Interlocked.Increment(ref inside);
            for (int seen = most; now > seen; seen = most) Interlocked.CompareExchange(ref most, now, seen);
            await EventLoop.Delay(Sec(1));
            Interlocked.Decrement(ref inside);
            return 1;
        })).ToList();
        await Task.WhenAll(tasks);
        Assert.Equal(3, most);
        Assert.Equal(Sec(4), clock.Elapsed);
    }, workers: 3);
}
