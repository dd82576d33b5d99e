namespace Simul.Tests.Executors;

public class LoopExecutorTests : ExecutorConformance
{
    protected override string Engine => "loop";

    protected override Executor Make(int workers = 2, TimeProvider? clock = null, WorkObserver? observer = null) =>
        new LoopExecutor(new LoopExecutorOptions { Workers = workers, Clock = clock ?? TimeProvider.System, Observer = observer });

    [Fact]
    public void ManyThatWait_Overlap() => Virtually(async (executor, clock) =>
    {
        var tasks = Enumerable.Range(0, 1000).Select(i => executor.SubmitAsync(async () =>
        {
            await EventLoop.Delay(Sec(10));
            return i;
        })).ToList();
        Assert.Equal(1000 * 999 / 2, (await Task.WhenAll(tasks)).Sum());
        Assert.Equal(Sec(10), clock.Elapsed);
    }, workers: 1000);

    [Fact]
    public async Task Errors_LeftBehind_GoToTheHandler()
    {
        var seen = new TaskCompletionSource<Exception>();
        await using var executor = new LoopExecutor(new LoopExecutorOptions { UnhandledError = seen.SetResult });
        Assert.Equal(1, await Timely(executor.SubmitAsync(() =>
        {
            EventLoop.Current.CallSoon(() => throw new FormatException());
            return 1;
        })));
        Assert.IsType<FormatException>(await Timely(seen.Task));
        Assert.Equal(2, await Timely(executor.SubmitAsync(() => 2)));
    }

    [Fact]
    public async Task AllItems_RunOnOneThread_NamedAsTold()
    {
        await using var executor = new LoopExecutor(new LoopExecutorOptions { Name = "my loop" });
        var threads = await Timely(Task.WhenAll(Enumerable.Range(0, 20).Select(_ => executor.SubmitAsync(() => (Environment.CurrentManagedThreadId, Thread.CurrentThread.Name)))));
        Assert.Equal("my loop", Assert.Single(threads.Distinct()).Name);
    }

    // Open and close, over and over: neither an item nor the end is lost.
    [Fact]
    public async Task OpenAndClose_ManyTimes_NothingIsLost()
    {
        for (int i = 0; i < 100; i++)
        {
            var executor = Make();
            var task = executor.SubmitAsync(() => i);
            var end = executor.DisposeAsync().AsTask();
            Assert.Equal(i, await Timely(task));
            await Timely(end);
        }
    }
}
