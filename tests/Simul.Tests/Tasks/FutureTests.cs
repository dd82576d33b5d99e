namespace Simul.Tests.Tasks;

public class FutureTests
{
    [Fact]
    [FifoOrder]
    public void SetResult_WakesAllInOrder_NeverOnTheSettersStack() => Run(async () =>
    {
        var future = new Future<int>();
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 3; i++)
            {
                int n = i;
                group.Spawn(async () => log.Add($"{n}:{await future}"));
            }
            await EventLoop.Yield();
            future.OnCompleted(f => log.Add($"callback:{f.Result}"));
            future.SetResult(7);
            log.Add("set");
            Assert.Equal(7, await future);
        });
        Assert.Equal(["set", "0:7", "1:7", "2:7", "callback:7"], log);
    });

    // B2
    [Fact]
    public void SetResult_Twice_Throws() => Run(() =>
    {
        var future = new Future<int>();
        Assert.Throws<InvalidOperationException>(() => future.Result);
        future.SetResult(1);
        Says(Assert.Throws<InvalidOperationException>(() => future.SetResult(2)), "before", "TrySetResult");
        Assert.Throws<InvalidOperationException>(() => future.SetException(new FormatException()));
        Assert.False(future.TrySetResult(3));
        Assert.False(future.TrySetException(new FormatException()));
        Assert.Equal(1, future.Result);
        Assert.Throws<ArgumentNullException>(() => new Future<int>().SetException(null!));
        return Task.CompletedTask;
    });

    [Fact]
    public void SetException_ReachesEveryAwaiter() => Run(async () =>
    {
        var future = new Future<int>();
        var original = new FormatException();
        EventLoop.Current.CallLater(Sec(1), () => future.SetException(original));
        Assert.Same(original, await Raises<FormatException>(async () => await future));
        Assert.Same(original, await Raises<FormatException>(async () => await future));
        Assert.Same(original, Assert.Throws<FormatException>(() => future.Result));
        Assert.Same(original, future.Error);
    });

    [Fact]
    public void Wait_GivenUp_LeavesTheFutureAndTheOthersAlone() => Run(async () =>
    {
        var future = new Future<int>();
        await TaskGroup.RunAsync(async group =>
        {
            var other = group.Spawn(async () => await future);
            Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await future));
            future.SetResult(5);
            Assert.Equal(5, await other);
        });
    });

    // C2
    [Fact]
    public void Wait_SetAndCancelledInTheSameTurn_TheResultWins() => Run(async () =>
    {
        var future = new Future<int>();
        LoopTask<int>? waiter = null;
        await TaskGroup.RunAsync(async group =>
        {
            waiter = group.Spawn(async () => await future);
            await Settle();
            future.SetResult(5);
            waiter.Cancel();
        });
        Assert.Equal(5, waiter!.Result);
    });

    // B3
    [Fact]
    [FifoOrder]
    public void OnCompleted_RunsInOrder_AlsoWhenDone_AndAFailureStopsNobody()
    {
        List<Exception> errors = [];
        string trace = Trace(async log =>
        {
            var future = new Future<int>();
            future.OnCompleted(_ => log.Add("a"));
            future.OnCompleted(_ => throw new FormatException());
            future.OnCompleted(_ => log.Add("b"));
            future.SetResult(1);
            future.OnCompleted(_ => log.Add("c"));
            log.Add("set");
            await EventLoop.Delay(Sec(1));
        }, o => o with { UnhandledError = errors.Add });
        Assert.Equal("set a b c", trace);
        Assert.Single(errors);
    }

    [Fact]
    public void SetResult_FromManyThreads_OneWins() => Run(async () =>
    {
        var future = new Future<int>();
        using var hold = EventLoop.Current.HoldOpen();
        int wins = 0;
        var setters = Enumerable.Range(1, 4).Select(n => Task.Run(() =>
        {
            if (future.TrySetResult(n)) Interlocked.Add(ref wins, n);
        })).ToArray();
        int result = await future;
        await Task.WhenAll(setters);
        Assert.Equal(wins, result);
    });

    [Fact]
    public void Used_OnAnotherLoopOrThread_Throws()
    {
        Future<int> future = null!;
        Run(() =>
        {
            future = new Future<int>();
            return Task.CompletedTask;
        });
        Assert.Throws<LoopAffinityException>(() => { _ = future.WaitAsync(); });
        Run(() =>
        {
            Says(Assert.Throws<LoopAffinityException>(() => { _ = future.WaitAsync(); }), "future");
            Assert.Throws<LoopAffinityException>(() => future.OnCompleted(_ => { }));
            return Task.CompletedTask;
        });
        Assert.Throws<EventLoopClosedException>(() => future.SetResult(1));
    }
}
