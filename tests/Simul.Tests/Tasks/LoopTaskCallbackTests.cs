namespace Simul.Tests.Tasks;

public class LoopTaskCallbackTests
{
    // B3
    [Fact]
    [FifoOrder]
    public void OnCompleted_CalledInOrderOfRegistration_NeverOnTheTasksStack() => Run(async () =>
    {
        List<string> log = [];
        var task = EventLoop.Current.Spawn(async () =>
        {
            await EventLoop.Delay(Sec(1));
            log.Add("body");
            return 4;
        });
        for (int i = 0; i < 3; i++)
        {
            int n = i;
            task.OnCompleted(t =>
            {
                Assert.Same(task, t);
                log.Add($"{n}:{t.Status}");
            });
        }
        await task;
        await EventLoop.Yield();
        Assert.Equal(["body", "0:Succeeded", "1:Succeeded", "2:Succeeded"], log);
    });

    // B3: at once if already done, which on a loop is the next turn.
    [Fact]
    public void OnCompleted_WhenDone_CalledInALaterTurn() => Run(async () =>
    {
        bool called = false;
        var task = EventLoop.Current.StartNow(() => Task.CompletedTask);
        Assert.True(task.IsCompleted);
        task.OnCompleted(_ => called = true);
        Assert.False(called);
        await EventLoop.Delay(Sec(1));
        Assert.True(called);
    });

    // B3: an error goes to the handler, and the next one is called all the same.
    [Fact]
    public void OnCompleted_CallbackThrows_TheOthersAreCalled()
    {
        List<Exception> errors = [];
        int called = 0;
        Run(async () =>
        {
            var task = EventLoop.Current.Spawn(() => Task.CompletedTask);
            task.OnCompleted(_ => throw new FormatException());
            task.OnCompleted(_ => called++);
            await EventLoop.Delay(Sec(1));
        }, o => o with { UnhandledError = errors.Add });
        Assert.IsType<FormatException>(Assert.Single(errors));
        Assert.Equal(1, called);
    }

    [Fact]
    public void OnCompleted_FailedAndCancelled_AreSeen_AndTheFailureHasItsListener() => Run(async () =>
    {
        Exception? error = null;
        LoopTaskStatus? status = null;
        EventLoop.Current.Spawn(() => Task.FromException(new FormatException())).OnCompleted(t => error = t.Error);
        var never = EventLoop.Current.Spawn(() => EventLoop.Delay(Timeout.InfiniteTimeSpan).AsTask());
        never.OnCompleted(t => status = t.Status);
        await EventLoop.Delay(Sec(1));
        never.Cancel();
        await EventLoop.Delay(Sec(1));
        Assert.IsType<FormatException>(error);
        Assert.Equal(LoopTaskStatus.Cancelled, status);
    });

    [Fact]
    public void OnCompleted_RunsInTheCallersScopeAndContext() => Run(async () =>
    {
        var local = new AsyncLocal<int> { Value = 3 };
        var me = EventLoop.CurrentTask;
        var task = EventLoop.Current.Spawn(() => Task.CompletedTask);
        int seen = 0;
        task.OnCompleted(_ =>
        {
            Assert.Same(me, EventLoop.CurrentTask);
            seen = local.Value;
        });
        local.Value = 4;
        await EventLoop.Delay(Sec(1));
        Assert.Equal(3, seen);
    });

    [Fact]
    public void OnCompleted_Misuse_Throws() => Run(async () =>
    {
        var task = EventLoop.Current.Spawn(() => Task.CompletedTask);
        Assert.Throws<ArgumentNullException>(() => task.OnCompleted(null!));
        await Task.Run(() => Assert.Throws<LoopAffinityException>(() => task.OnCompleted(_ => { })));
    });
}
