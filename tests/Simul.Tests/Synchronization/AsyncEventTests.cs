namespace Simul.Tests.Synchronization;

public class AsyncEventTests
{
    // A75
    [Fact]
    public void Set_Manual_WakesEverybodyPresent_AlsoWhenResetAtOnce() => Run(async () =>
    {
        var signal = new AsyncEvent(name: "signal");
        int through = 0;
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 5; i++)
            {
                group.Spawn(async () =>
                {
                    await signal.WaitAsync();
                    through++;
                });
            }
            await EventLoop.Delay(Sec(1));
            Assert.Equal(new AsyncEventStatistics(false, 5), signal.GetStatistics());
            signal.Set();
            signal.Reset();
            var late = group.Spawn(async () => await signal.WaitAsync());
            await EventLoop.Delay(Sec(1));
            Assert.Equal(5, through);
            Assert.Equal(new AsyncEventStatistics(false, 1), signal.GetStatistics());
            late.Cancel();
        });
        Assert.Equal(0, signal.GetStatistics().CurrentWaiters);
    });

    [Fact]
    public void Set_Manual_StaysSet() => Run(async () =>
    {
        var signal = new AsyncEvent(isSet: true);
        for (int i = 0; i < 3; i++) await signal.WaitAsync();
        Assert.True(signal.IsSet);
        signal.Reset();
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await signal.WaitAsync()));
    });

    [Fact]
    public void Set_Automatic_LetsExactlyOneThroughEachTime() => Run(async () =>
    {
        var signal = new AsyncEvent(EventResetMode.AutoReset);
        int through = 0;
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 5; i++)
            {
                group.Spawn(async () =>
                {
                    await signal.WaitAsync();
                    through++;
                });
            }
            for (int i = 1; i <= 5; i++)
            {
                await EventLoop.Delay(Sec(1));
                signal.Set();
                await EventLoop.Delay(Sec(1));
                Assert.Equal(i, through);
            }
        });
        Assert.False(signal.IsSet);
        signal.Set();
        signal.Set(); // set is set: two are one
        await signal.WaitAsync();
        Assert.False(signal.IsSet);
    });

    // C2, A80: the signal goes to one who was there to take it, or stays.
    [Fact]
    public void Set_Automatic_WithCancelsInTheSameTurn_NoSignalIsLost() => Run(async () =>
    {
        for (int kind = 0; kind < 2; kind++)
        {
            var signal = new AsyncEvent(EventResetMode.AutoReset);
            int through = 0;
            await TaskGroup.RunAsync(async group =>
            {
                async Task Waiter()
                {
                    await signal.WaitAsync();
                    through++;
                }
                var waiters = Enumerable.Range(0, 4).Select(_ => group.Spawn(Waiter)).ToList();
                await EventLoop.Delay(Sec(1));
                if (kind == 0) signal.Set();
                foreach (var waiter in waiters) waiter.Cancel();
                if (kind == 1) signal.Set();
            });
            Assert.Equal(kind == 0 ? 1 : 0, through);
            Assert.Equal(kind == 1, signal.IsSet);
            Assert.Equal(0, signal.GetStatistics().CurrentWaiters);
        }
    });

    [Fact]
    public void Set_FromAnotherThread_IsPosted() => Run(async () =>
    {
        var signal = new AsyncEvent();
        using var open = EventLoop.Current.HoldOpen();
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () => await signal.WaitAsync());
            await EventLoop.Delay(Sec(1));
            _ = Task.Run(signal.Set);
        });
        Assert.True(signal.IsSet);
    });

    [Fact]
    public void Wait_OffTheLoopOrOnAnother_Throws()
    {
        var signal = new AsyncEvent(name: "mine");
        Says(Assert.Throws<LoopAffinityException>(() => { _ = signal.WaitAsync(); }), "does not run on an event loop");
        Run(async () =>
        {
            signal.Set();
            await signal.WaitAsync();
        });
        Run(() =>
        {
            Says(Assert.Throws<LoopAffinityException>(() => { _ = signal.WaitAsync(); }), "This event belongs to");
            return Task.CompletedTask;
        });
        Assert.Throws<ArgumentOutOfRangeException>(() => new AsyncEvent((EventResetMode)7));
    }

    [Fact]
    public void Wait_InACancelledScope_Raises_AndTakesNoSignal() => Run(async () =>
    {
        var signal = new AsyncEvent(EventResetMode.AutoReset, isSet: true);
        await CancelScope.RunAsync(async scope =>
        {
            scope.Cancel();
            await Raises<OperationCanceledException>(async () => await signal.WaitAsync());
        });
        Assert.True(signal.IsSet);
    });

    [Fact]
    public void Stall_NamesTheEvent()
    {
        var signal = new AsyncEvent(name: "never");
        Says(Assert.Throws<LoopStalledException>(() => Run(async () => await signal.WaitAsync())), "the event 'never', not set");
    }
}
