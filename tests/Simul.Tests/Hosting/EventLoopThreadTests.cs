namespace Simul.Tests.Hosting;

public class EventLoopThreadTests
{
    private static EventLoopThread Start(Func<EventLoopOptions, EventLoopOptions>? change = null)
    {
        var options = Options() with { Name = "worker loop" };
        return new EventLoopThread(change is null ? options : change(options));
    }

    private static Task Timely(Task task) => task.WaitAsync(Sec(60));

    private static Task<T> Timely<T>(Task<T> task) => task.WaitAsync(Sec(60));

    [Fact]
    public async Task Loop_RunsWhenTheConstructorReturns_OnANamedThread()
    {
        await using var thread = Start();
        Assert.Equal("worker loop", thread.Name);
        Assert.Same(thread.Loop, await Timely(thread.SubmitAsync(() => Task.FromResult(EventLoop.Current))));
        Assert.Equal("worker loop", await Timely(thread.SubmitAsync(() => Task.FromResult(Thread.CurrentThread.Name!))));
        var posted = new TaskCompletionSource<EventLoop?>();
        thread.Post(() => posted.SetResult(EventLoop.CurrentOrNull));
        Assert.Same(thread.Loop, await Timely(posted.Task));
    }

    [Fact]
    public async Task SubmitAsync_GivesOutcomes_AndSeesAsyncLocals()
    {
        await using var thread = Start();
        var local = new AsyncLocal<int> { Value = 9 };
        Assert.Equal(9, await Timely(thread.SubmitAsync(() => Task.FromResult(local.Value))));
        await Assert.ThrowsAsync<FormatException>(() => Timely(thread.SubmitAsync(() => throw new FormatException())));
        using var source = new CancellationTokenSource();
        var waiting = thread.SubmitAsync(async () => await EventLoop.Delay(Timeout.InfiniteTimeSpan), source.Token);
        source.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Timely(waiting));
    }

    [Fact]
    public async Task Idle_IsNoStall()
    {
        await using var thread = Start();
        var future = await Timely(thread.SubmitAsync(() => Task.FromResult(new Future<int>())));
        var waiting = thread.SubmitAsync(async () => await future);
        await Timely(thread.SubmitAsync(() => EventLoop.WaitAllBlockedAsync().AsTask()));
        future.SetResult(2);
        Assert.Equal(2, await Timely(waiting));
    }

    // A98
    [Fact]
    public async Task Stop_CancelsAwaitsAndCloses()
    {
        var thread = Start();
        List<string> log = [];
        var task = thread.SubmitAsync(async () =>
        {
            try
            {
                await EventLoop.Delay(Timeout.InfiniteTimeSpan);
            }
            finally
            {
                using var shield = CancelScope.Enter(shield: true);
                await EventLoop.Delay(Sec(1));
                log.Add("unwound");
            }
        });
        await Timely(thread.SubmitAsync(() => EventLoop.WaitAllBlockedAsync().AsTask()));
        await Timely(thread.StopAsync());
        Assert.Equal(["unwound"], log);
        Assert.True(task.IsCanceled);
        Assert.True(thread.Completion.IsCompletedSuccessfully);
        await Timely(thread.StopAsync());
        await thread.DisposeAsync();
        thread.Dispose();
        Assert.Throws<EventLoopClosedException>(() => { _ = thread.SubmitAsync(() => Task.CompletedTask); });
        Assert.Throws<EventLoopClosedException>(() => thread.Post(() => { }));
    }

    [Fact]
    public async Task Stop_CallbackThatBlocks_TimesOutAndEndsLater()
    {
        var thread = Start(options => options with { Clock = TimeProvider.System });
        using var gate = new ManualResetEventSlim();
        thread.Post(gate.Wait);
        Says(await Assert.ThrowsAsync<TimeoutException>(() => thread.StopAsync(TimeSpan.FromMilliseconds(20))), "worker loop", "heeds no cancellation");
        Assert.False(thread.Completion.IsCompleted);
        gate.Set();
        await Timely(thread.StopAsync());
    }

    [Fact]
    public async Task Stop_TaskThatCanNeverEnd_FailsWithTheStall_AndLetsTheWaiterGo()
    {
        var thread = Start();
        var stuck = thread.SubmitAsync(async () =>
        {
            using var deaf = CancelScope.Enter(shield: true);
            await new Future<int>();
        });
        await Timely(thread.SubmitAsync(() => EventLoop.WaitAllBlockedAsync().AsTask()));
        await Assert.ThrowsAsync<LoopStalledException>(() => Timely(thread.StopAsync()));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Timely(stuck));
    }

    [Fact]
    public async Task StopAndDispose_FromItsOwnLoop_AreRefused()
    {
        await using var thread = Start();
        await Timely(thread.SubmitAsync(async () =>
        {
            Says(await Raises<InvalidOperationException>(() => thread.StopAsync()), "its own end", "RequestStop");
            await Raises<InvalidOperationException>(() => thread.DisposeAsync().AsTask());
            Says(Assert.Throws<InvalidOperationException>(thread.Dispose), "RequestStop");
        }));
        Assert.False(thread.Completion.IsCompleted);
    }

    [Fact]
    public async Task RequestStop_FromItsOwnLoop_EndsIt()
    {
        var thread = Start();
        var task = thread.SubmitAsync(async () =>
        {
            thread.RequestStop();
            await EventLoop.Delay(Timeout.InfiniteTimeSpan);
        });
        await Timely(thread.Completion);
        Assert.True(task.IsCanceled);
    }

    [Fact]
    public async Task UnhandledError_EndsTheLoop_AndSurfaces()
    {
        List<string> log = [];
        var thread = Start(options => options with { Log = log.Add });
        var other = thread.SubmitAsync(async () => await EventLoop.Delay(Timeout.InfiniteTimeSpan));
        thread.Post(() => throw new FormatException("bad move"));
        await Assert.ThrowsAsync<FormatException>(() => Timely(thread.Completion));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => Timely(other));
        await Assert.ThrowsAsync<FormatException>(() => Timely(thread.StopAsync()));
        await Assert.ThrowsAsync<FormatException>(() => Timely(thread.DisposeAsync().AsTask()));
        await thread.DisposeAsync();
        Assert.Contains(log, line => line.Contains("worker loop", StringComparison.Ordinal) && line.Contains("bad move", StringComparison.Ordinal));
        Assert.Throws<EventLoopClosedException>(() => thread.Post(() => { }));
    }

    [Fact]
    public async Task UnhandledError_WithAHandler_LeavesTheLoopRunning()
    {
        var seen = new TaskCompletionSource<Exception>();
        await using var thread = Start(options => options with { UnhandledError = seen.SetResult });
        thread.Post(() => throw new FormatException());
        Assert.IsType<FormatException>(await Timely(seen.Task));
        Assert.Equal(1, await Timely(thread.SubmitAsync(() => Task.FromResult(1))));
    }

    [Fact]
    public void Dispose_Blocking_EndsTheThread()
    {
        Thread? running = null;
        var thread = Start();
        Timely(thread.SubmitAsync(() =>
        {
            running = Thread.CurrentThread;
            return Task.CompletedTask;
        })).Wait();
        OnThread(thread.Dispose);
        Assert.True(thread.Completion.IsCompletedSuccessfully);
        Assert.True(running!.Join(Sec(60)));
    }

    [Fact]
    public void Constructor_ClockThatFails_Throws() =>
        Assert.Throws<FormatException>(() => new EventLoopThread(Options() with { Clock = new BrokenClock() }));

    // What is thrown out of a broken loop must not hang who waits for it.
    private sealed class BrokenClock : TimeProvider
    {
        public override long GetTimestamp() => throw new FormatException();
    }

    [Fact]
    public async Task ManyThreads_SubmitAtOnce_NothingIsLost()
    {
        await using var thread = Start();
        int sum = 0; // owner: the loop
        await Timely(Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(async () =>
        {
            for (int i = 0; i < 200; i++)
            {
                await thread.SubmitAsync(async () =>
                {
                    await EventLoop.Yield();
                    sum++;
                });
            }
        }))));
        Assert.Equal(1600, await Timely(thread.SubmitAsync(() => Task.FromResult(sum))));
    }


    [Fact]
    public async Task Stop_ATimeThatIsNone_ThrowsAndStopsNothing()
    {
        await using var thread = Start();
        await using var group = new EventLoopGroup(new EventLoopGroupOptions { Count = 2 });
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => thread.StopAsync(Sec(-5)));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => thread.StopAsync(TimeSpan.MaxValue));
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => group.StopAsync(Sec(-5)));
        Assert.Equal(1, await Timely(thread.SubmitAsync(() => Task.FromResult(1))));
    }
}
