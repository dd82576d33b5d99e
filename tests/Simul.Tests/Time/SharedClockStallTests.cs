namespace Simul.Tests.Time;

public class SharedClockStallTests
{
    [Fact]
    public void Run_OthersOnTheClockLeave_TheStallIsFoundThen()
    {
        var clock = new VirtualTimeProvider();
        using var idled = new ManualResetEventSlim();
        var other = clock.Join("another one at work");
        var run = Task.Run(() => EventLoop.Run(async () =>
        {
            EventLoop.Current.CallSoon(idled.Set);
            await new Future<int>();
        }, new EventLoopOptions { Clock = clock }));
        idled.Wait();
        other.Dispose();
        Assert.True(Task.WhenAny(run, Task.Delay(TimeSpan.FromSeconds(30))).GetAwaiter().GetResult() == run, "the loop still waits");
        Assert.IsType<LoopStalledException>(run.Exception!.InnerException);
    }

    [Fact]
    public void Run_TwoLoopsWaitForEachOther_BothStallsAreFound()
    {
        var clock = new VirtualTimeProvider();
        var starting = clock.Join("starting");
        Task[] runs = [Start(), Start()];
        starting.Dispose();
        Assert.True(Task.WaitAny([Task.WhenAll(runs)], TimeSpan.FromSeconds(30)) == 0, "a loop still waits");
        Assert.All(runs, run => Assert.IsType<LoopStalledException>(run.Exception!.InnerException));

        Task Start() => Task.Factory.StartNew(
            () => EventLoop.Run(async () => await new Future<int>(), new EventLoopOptions { Clock = clock }),
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }
}
