namespace Simul.Tests.Loop;

public partial class ToThreadTests
{
    [Fact]
    public void FromThread_Run_BelongsToTheTaskThatStartedTheCode() => Run(async () =>
    {
        var task = EventLoop.CurrentTask;
        int loopThread = Environment.CurrentManagedThreadId;
        int result = await EventLoop.ToThreadAsync(() =>
        {
            Assert.Null(EventLoop.CurrentOrNull);
            FromThread.Run(async () =>
            {
                Assert.Same(task, EventLoop.CurrentTask);
                await EventLoop.Delay(Sec(5)); // the thread frees the clock meanwhile
                Assert.Same(task, EventLoop.CurrentTask);
            });
            Assert.Equal(loopThread, FromThread.Call(() => Environment.CurrentManagedThreadId));
            bool called = false;
            FromThread.Call(() => called = EventLoop.CurrentTask == task);
            Assert.True(called);
            return FromThread.Run(async () =>
            {
                await EventLoop.Yield();
                return 7;
            });
        });
        Assert.Equal(7, result);
        Assert.Equal(Sec(5), EventLoop.Now);
    });

    [Fact]
    public void FromThread_Errors_ComeBack() => Run(async () =>
    {
        await EventLoop.ToThreadAsync(() =>
        {
            Assert.Throws<FormatException>(() => FromThread.Run(async () =>
            {
                await EventLoop.Yield();
                throw new FormatException();
            }));
            Assert.Throws<FormatException>(() => FromThread.Run(() => throw new FormatException()));
            Assert.Throws<FormatException>(() => FromThread.Call(() => throw new FormatException()));
        });
    });

    [Fact]
    public void FromThread_CarriesTheThreadsContextToTheLoop_AndNotBack() => Run(async () =>
    {
        var local = new AsyncLocal<int> { Value = 1 };
        await EventLoop.ToThreadAsync(() =>
        {
            local.Value = 2;
            Assert.Equal(2, FromThread.Call(() => local.Value));
            FromThread.Run(async () =>
            {
                Assert.Equal(2, local.Value);
                await EventLoop.Yield();
                local.Value = 3;
            });
            Assert.Equal(2, local.Value);
        });
        Assert.Equal(1, local.Value);
    });

    // The task's cancellation reaches the thread's checks and calls.
    [Fact]
    public void FromThread_TaskCancelled_ChecksAndRunsRaise_CallsDoNot() => Run(async () =>
    {
        bool cleaned = false;
        bool late = await CancelScope.MoveOnAfterAsync(Sec(1), () => EventLoop.ToThreadAsync(() =>
        {
            FromThread.CheckCancelled();
            Assert.False(FromThread.IsCancelled);
            Assert.Throws<OperationCanceledException>(() => FromThread.Run(() => EventLoop.Delay(Sec(100)).AsTask()));
            Assert.True(FromThread.IsCancelled);
            Assert.True(FromThread.Token.IsCancellationRequested);
            Assert.Throws<OperationCanceledException>(() => FromThread.Run(() => Task.CompletedTask));
            FromThread.Call(() => cleaned = true);
            FromThread.CheckCancelled();
        }));
        Assert.True(late);
        Assert.True(cleaned);
        Assert.Equal(Sec(1), EventLoop.Now);
    });

    [Fact]
    public void FromThread_InsideAShield_HearsNothing() => Run(async () =>
    {
        await CancelScope.RunAsync(async scope =>
        {
            await CancelScope.RunAsync(_ => EventLoop.ToThreadAsync(() =>
            {
                FromThread.Call(() => scope.Cancel());
                FromThread.Run(() => EventLoop.Delay(Sec(1)).AsTask());
                FromThread.CheckCancelled();
            }), shield: true);
        });
        Assert.Equal(Sec(1), EventLoop.Now);
    });

    [Fact]
    public void FromThread_OnALoop_SaysThatItWouldWaitForItself() => Run(async () =>
    {
        Says(Assert.Throws<InvalidOperationException>(() => FromThread.Call(() => 1)), "itself", "Await");
        Assert.Throws<InvalidOperationException>(() => FromThread.IsCancelled);
        await EventLoop.ToThreadAsync(() => EventLoop.Run(async () =>
        {
            await EventLoop.Yield();
            Says(Assert.Throws<InvalidOperationException>(() => FromThread.Run(() => Task.CompletedTask)), "itself");
        }));
        await EventLoop.ToThreadAsync(() => FromThread.Call(() => Says(Assert.Throws<InvalidOperationException>(() => FromThread.Call(() => { })), "itself")));
        await Greenlet.RunAsync(() => Assert.Throws<InvalidOperationException>(FromThread.CheckCancelled));
    });

    [Fact]
    public void FromThread_OnAStrangersThread_SaysWhatToUse()
    {
        Says(Assert.Throws<InvalidOperationException>(() => FromThread.Call(() => 1)), "ToThreadAsync", "SubmitAsync");
        Assert.Throws<InvalidOperationException>(FromThread.CheckCancelled);
        Run(() => EventLoop.ToThreadAsync(() => Assert.ThrowsAsync<InvalidOperationException>(() => Task.Run(FromThread.CheckCancelled)).Wait()));
    }

    // A code that was given up can do nothing on the loop any more.
    [Fact]
    public void FromThread_Abandoned_CannotComeBack()
    {
        using var gate = new ManualResetEventSlim();
        using var ended = new ManualResetEventSlim();
        Exception? call = null, run = null, closed = null;
        bool ran = false;
        Run(async () =>
        {
            var first = new Future<bool>();
            Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), () => EventLoop.ToThreadAsync(() =>
            {
                WorkContext.Current!.Clock.Sleep(Sec(2)); // ends at once when it is given up
                while (!FromThread.Token.IsCancellationRequested) Thread.Yield();
                call = Record.Exception(() => FromThread.Call(() => ran = true));
                run = Record.Exception(() => FromThread.Run(() => Task.CompletedTask));
                first.SetResult(true);
                gate.Wait();
                closed = Record.Exception(() => FromThread.Call(() => ran = true));
                ended.Set();
            }, abandonOnCancel: true)));
            using var hold = EventLoop.Current.HoldOpen();
            await first;
        });
        gate.Set();
        Assert.True(ended.Wait(Sec(60)));
        Assert.IsAssignableFrom<OperationCanceledException>(call);
        Assert.IsAssignableFrom<OperationCanceledException>(run);
        Assert.IsType<EventLoopClosedException>(closed);
        Assert.False(ran);
    }

    [Fact]
    public void FromThread_ManyThreadsAtOnce_NoneIsLost() => Run(async () =>
    {
        int count = 0; // owner: the loop
        await EventLoop.GatherAsync([.. Enumerable.Range(0, 8).Select(_ => EventLoop.ToThreadAsync(() =>
        {
            for (int i = 0; i < 200; i++)
            {
                FromThread.Call(() => { count++; });
                if (i % 50 == 0) FromThread.Run(() => EventLoop.Delay(Sec(1)).AsTask());
            }
        }))]);
        Assert.Equal(1600, count);
        Assert.InRange(EventLoop.Now, Sec(4), Sec(32));
    });
}
