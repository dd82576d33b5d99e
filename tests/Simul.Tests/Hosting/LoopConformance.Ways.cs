using System.Collections.Concurrent;

namespace Simul.Tests.Hosting;

public class RunConformanceTests : LoopConformance
{
    protected override void RunWith(Func<Task> main, EventLoopOptions options) => EventLoop.Run(main, options);
}

public class StepwiseConformanceTests : LoopConformance
{
    protected override void RunWith(Func<Task> main, EventLoopOptions options)
    {
        var pump = EventLoop.Open(options);
        var task = pump.Start(main);
        var running = Catch(() =>
        {
            while (!task.IsCompleted)
            {
                if (!pump.RunOneTurn()) pump.WaitForWork();
                Assert.Null(EventLoop.CurrentOrNull);
            }
        });
        ThrowFirst(running, Catch(pump.Dispose), task.Exception?.InnerException);
    }
}

public class IdlewiseConformanceTests : LoopConformance
{
    protected override void RunWith(Func<Task> main, EventLoopOptions options)
    {
        var pump = EventLoop.Open(options);
        var task = pump.Start(main);
        var running = Catch(() =>
        {
            while (true)
            {
                pump.RunUntilIdle(maxTurns: 3);
                if (task.IsCompleted) return;
                pump.WaitForWork();
            }
        });
        ThrowFirst(running, Catch(pump.Dispose), task.Exception?.InnerException);
    }
}

public class RunUntilCompleteConformanceTests : LoopConformance
{
    protected override void RunWith(Func<Task> main, EventLoopOptions options)
    {
        var pump = EventLoop.Open(options);
        ThrowFirst(Catch(() => pump.RunUntilComplete(main)), Catch(pump.Dispose));
    }
}

public class ThreadConformanceTests : LoopConformance
{
    protected override void RunWith(Func<Task> main, EventLoopOptions options)
    {
        var thread = new EventLoopThread(options);
        var task = thread.SubmitAsync(main);
        Catch(() => task.Wait());
        ThrowFirst(Catch(thread.Dispose), task.Exception?.InnerException);
    }
}

// The host is a plain queue that the calling thread serves.
public class GuestConformanceTests : LoopConformance
{
    protected override void RunWith(Func<Task> main, EventLoopOptions options)
    {
        using var queue = new BlockingCollection<Action>();
        int host = Environment.CurrentManagedThreadId;
        var task = GuestLoop.RunAsync(() =>
        {
            Assert.Equal(host, Environment.CurrentManagedThreadId);
            return main();
        }, queue.Add, new GuestLoopOptions { Loop = options, MaxCallbacks = 3 });
        task.ContinueWith(_ => queue.CompleteAdding(), TaskContinuationOptions.ExecuteSynchronously);
        foreach (var batch in queue.GetConsumingEnumerable())
        {
            batch();
            Assert.Null(EventLoop.CurrentOrNull);
        }
        task.GetAwaiter().GetResult();
    }
}

// The host is another loop of ours, on the same clock.
public class GuestOnALoopConformanceTests : LoopConformance
{
    protected override void RunWith(Func<Task> main, EventLoopOptions options) => EventLoop.Run(async () =>
    {
        var host = EventLoop.Current;
        await GuestLoop.RunAsync(main, host.Post, new GuestLoopOptions { Loop = options with { Name = "guest" } });
        Assert.Same(host, EventLoop.Current);
    }, Options() with { Clock = options.Clock });
}

// A host that runs at once what it is asked to run later.
public class GuestInlineConformanceTests : LoopConformance
{
    protected override void RunWith(Func<Task> main, EventLoopOptions options) =>
        GuestLoop.RunAsync(main, batch => batch(), new GuestLoopOptions { Loop = options }).GetAwaiter().GetResult();
}
