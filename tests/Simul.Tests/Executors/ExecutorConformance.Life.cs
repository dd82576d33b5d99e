using System.Collections.Concurrent;

namespace Simul.Tests.Executors;

public abstract partial class ExecutorConformance
{
    [Fact]
    public async Task Dispose_RefusesNewWork_AndWaitsForTheAccepted()
    {
        var executor = Make(1);
        var release = new TaskCompletionSource<int>();
        var running = executor.SubmitAsync(() => release.Task);
        var queued = executor.SubmitAsync(() => 2);
        var disposing = executor.DisposeAsync().AsTask();
        var again = executor.DisposeAsync().AsTask();
        Says(await Assert.ThrowsAsync<ExecutorClosedException>(() => executor.SubmitAsync(() => 3)), Engine, "disposed");
        await Assert.ThrowsAsync<ExecutorClosedException>(() => executor.SubmitAsync(() => 3, cancellationToken: new CancellationToken(true)));
        await Assert.ThrowsAsync<ExecutorClosedException>(async () =>
        {
            await foreach (int _ in executor.MapAsync([1], x => x)) { }
        });
        Assert.False(disposing.IsCompleted);
        release.SetResult(1);
        await Timely(Task.WhenAll(disposing, again));
        Assert.True(running.IsCompletedSuccessfully && queued.IsCompletedSuccessfully);
        await Timely(executor.DisposeAsync().AsTask());
    }

    [Fact]
    public Task Dispose_Unused_Ends() => Timely(Make().DisposeAsync().AsTask());

    [Fact]
    public async Task Statistics_CountWhatHappened()
    {
        var executor = Make(1);
        var release = new TaskCompletionSource<int>();
        var started = new TaskCompletionSource();
        var first = executor.SubmitAsync(() =>
        {
            started.SetResult();
            return release.Task;
        });
        await Timely(started.Task);
        using var source = new CancellationTokenSource();
        var cancelled = executor.SubmitAsync(() => 1, cancellationToken: source.Token);
        var failed = executor.SubmitAsync(() => Throw(new FormatException()));
        Eventually(() => executor.GetStatistics() is { CurrentRunning: 1, CurrentQueued: 2 }, "one runs, two wait");
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Timely(cancelled));
        release.SetResult(1);
        await Timely(first);
        await Assert.ThrowsAsync<FormatException>(() => Timely(failed));
        await Timely(executor.DisposeAsync().AsTask());
        Assert.Equal(new ExecutorStatistics(0, 0, 1, 1, 1, 1), executor.GetStatistics());
        Assert.Equal(Engine, executor.Engine);
        Assert.Equal(1, executor.Workers);
    }

    [Fact]
    public async Task Observer_HearsEveryItemBeginAndEnd()
    {
        var observer = new Recorder();
        var executor = Make(1, observer: observer);
        await Timely(executor.SubmitAsync(() => 1, new WorkOptions { Name = "good" }));
        await Assert.ThrowsAsync<FormatException>(() => Timely(executor.SubmitAsync(() => Throw(new FormatException()), new WorkOptions { Name = "bad" })));
        await Timely(executor.DisposeAsync().AsTask());
        Assert.Equal(["begin good", "end good Completed", "begin bad", "end bad Failed"], observer.Lines);
        Assert.All(observer.Events, e => Assert.Equal(Engine, e.Engine));
        Assert.Equal([1, 1, 2, 2], observer.Events.Select(e => e.Id));
        Assert.Equal(observer.Events.Select(e => e.Time).Order(), observer.Events.Select(e => e.Time));
    }

    [Fact]
    public async Task WorkContext_TellsTheItemWhereItRuns()
    {
        var clock = new ScaledTimeProvider(1);
        await using var executor = Make(clock: clock);
        Assert.Null(WorkContext.Current);
        var (context, later) = await Timely(executor.SubmitAsync(async () =>
        {
            var before = WorkContext.Current;
            await EventLoop.Yield();
            return (before, WorkContext.Current);
        }));
        Assert.Same(context, later);
        Assert.Equal(Engine, context!.Engine);
        Assert.Same(clock, context.Clock);
        Assert.False(string.IsNullOrEmpty(context.Worker));
        Assert.Null(WorkContext.Current);
    }

    [Fact]
    public async Task AsyncLocalAndContext_SetByAnItem_DoNotReachTheNext()
    {
        await using var executor = Make(1);
        var local = new AsyncLocal<int>();
        var foreign = new SynchronizationContext();
        await Timely(executor.SubmitAsync(() =>
        {
            local.Value = 3;
            SynchronizationContext.SetSynchronizationContext(foreign);
            return 0;
        }));
        Assert.Equal(0, await Timely(executor.SubmitAsync(() => local.Value)));
        Assert.NotSame(foreign, await Timely(executor.SubmitAsync(() => SynchronizationContext.Current)));
    }

    [Fact]
    public void Await_OnALoop_ResumesOnThatLoop() => Virtually(async (executor, _) =>
    {
        var loop = EventLoop.Current;
        for (int i = 0; i < 100; i++)
        {
            Assert.Equal(i, await executor.SubmitAsync(x => x, i));
            Assert.Same(loop, EventLoop.Current);
        }
    });

    [Fact]
    public async Task Submit_FromManyThreads_NothingIsLost()
    {
        await using var executor = Make(4);
        var sums = await Timely(Task.WhenAll(Enumerable.Range(0, 4).Select(t => Task.Run(async () =>
        {
            int sum = 0;
            for (int i = 0; i < 300; i++) sum += await executor.SubmitAsync(x => x, i).ConfigureAwait(false);
            return sum;
        }))));
        Assert.All(sums, s => Assert.Equal(300 * 299 / 2, s));
    }

    // B10
    [Fact]
    public async Task ArgumentsAndResults_AreNotKeptAfterDelivery()
    {
        await using var executor = Make(1);
        var (argument, result) = await SubmitAndForget(executor);
        for (int i = 0; i < 50 && (argument.IsAlive || result.IsAlive); i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            await Timely(Task.Run(() => Thread.Yield()));
        }
        Assert.False(argument.IsAlive, "argument");
        Assert.False(result.IsAlive, "result");

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        static async Task<(WeakReference, WeakReference)> SubmitAndForget(Executor executor)
        {
            var argument = new object();
            var result = await Timely(executor.SubmitAsync(_ => new object(), argument));
            return (new WeakReference(argument), new WeakReference(result));
        }
    }

    private sealed class Recorder : WorkObserver
    {
        public ConcurrentQueue<string> Lines { get; } = new();

        public ConcurrentQueue<WorkEvent> Events { get; } = new();

        public override void Started(in WorkEvent work)
        {
            Events.Enqueue(work);
            Lines.Enqueue($"begin {work.Name}");
        }

        public override void Ended(in WorkEvent work, WorkEnd outcome)
        {
            Events.Enqueue(work);
            Lines.Enqueue($"end {work.Name} {outcome}");
        }
    }
}
