namespace Simul.Tests.Synchronization;

public class AsyncEventTests
{
    [Fact]
    public void Constructor_UnknownMode_Throws() =>
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => new AsyncEvent((EventResetMode)7)), "ManualReset", "AutoReset");

    [Theory]
    [InlineData(EventResetMode.ManualReset)]
    [InlineData(EventResetMode.AutoReset)]
    public void Wait_OfOneThatIsSet_PassesAtOnce(EventResetMode mode) => Run(async () =>
    {
        var signal = new AsyncEvent(mode, isSet: true);
        var wait = signal.WaitAsync();
        Assert.True(wait.IsCompletedSuccessfully);
        await wait;
        Assert.Equal(mode == EventResetMode.ManualReset, signal.IsSet);
    });

    [Fact]
    public void Set_Manual_WakesAllAndStaysSet() => Run(async () =>
    {
        var signal = new AsyncEvent();
        int passed = 0;
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 5; i++)
            {
                group.Spawn(async () =>
                {
                    await signal.WaitAsync();
                    passed++;
                });
            }
            await Settle();
            Assert.Equal(new AsyncEventStatistics(false, 5), signal.GetStatistics());
            signal.Set();
            signal.Set();
        });
        Assert.Equal(5, passed);
        Assert.Equal(new AsyncEventStatistics(true, 0), signal.GetStatistics());
        await signal.WaitAsync();
    });

    // A75
    [Fact]
    public void Set_ManualAndResetAtOnce_WakesThoseWhoWaited() => Run(async () =>
    {
        var signal = new AsyncEvent();
        int passed = 0;
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 3; i++)
            {
                group.Spawn(async () =>
                {
                    await signal.WaitAsync();
                    passed++;
                });
            }
            await Settle();
            signal.Set();
            signal.Reset();
            Assert.Equal(0, passed);
            var late = group.Spawn(async () => await signal.WaitAsync());
            await Settle();
            Assert.Equal(3, passed);
            Assert.False(late.IsCompleted);
            signal.Set();
        });
    });

    [Fact]
    public void Set_Auto_LetsOnePassEachTime() => Run(async () =>
    {
        var signal = new AsyncEvent(EventResetMode.AutoReset);
        List<int> arrived = [], passed = [];
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 4; i++)
            {
                int n = i;
                group.Spawn(async () =>
                {
                    arrived.Add(n);
                    await signal.WaitAsync();
                    passed.Add(n);
                });
            }
            await Settle();
            for (int i = 1; i <= 4; i++)
            {
                signal.Set();
                Assert.False(signal.IsSet);
                await Settle();
                Assert.Equal(arrived[..i], passed);
            }
        });
    });

    [Fact]
    public void Set_AutoTwiceWithoutWaiters_LetsOnePass() => Run(async () =>
    {
        var signal = new AsyncEvent(EventResetMode.AutoReset);
        signal.Set();
        signal.Set();
        Assert.True(signal.IsSet);
        await signal.WaitAsync();
        Assert.False(signal.IsSet);
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await signal.WaitAsync()));
    });

    [Fact]
    public void Set_Auto_IsHandedOver_NobodyBargesIn() => Run(async () =>
    {
        var signal = new AsyncEvent(EventResetMode.AutoReset);
        bool passed = false;
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                await signal.WaitAsync();
                passed = true;
            });
            await Settle();
            signal.Set();
            var barging = signal.WaitAsync();
            Assert.False(barging.IsCompleted);
            await Settle();
            Assert.True(passed);
            signal.Set();
            await barging;
        });
    });

    // A38; C2
    [Fact]
    public void Cancel_BeforeTheSet_TheSignalGoesToTheNext() => Run(async () =>
    {
        var signal = new AsyncEvent(EventResetMode.AutoReset);
        List<string> passed = [];
        await TaskGroup.RunAsync(async group =>
        {
            async Task WaitAsync(string name)
            {
                await signal.WaitAsync();
                passed.Add(name);
            }
            var first = group.Spawn(() => WaitAsync("first"));
            await Settle();
            group.Spawn(() => WaitAsync("second"));
            await Settle();
            first.Cancel();
            signal.Set();
        });
        Assert.Equal(["second"], passed);
        Assert.Equal(new AsyncEventStatistics(false, 0), signal.GetStatistics());
    });

    // A38; C2
    [Fact]
    public void Cancel_AfterTheSetInTheSameTurn_TheSignalIsKept() => Run(async () =>
    {
        var signal = new AsyncEvent(EventResetMode.AutoReset);
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            var waiter = group.Spawn(async () =>
            {
                await signal.WaitAsync();
                log.Add("passed");
                await EventLoop.Yield();
                log.Add("never");
            });
            await Settle();
            signal.Set();
            waiter.Cancel();
        });
        Assert.Equal(["passed"], log);
        Assert.False(signal.IsSet);
    });

    [Fact]
    public void Wait_SetInACancelledScope_RaisesAndLeavesTheSignal() => Run(async () =>
    {
        var signal = new AsyncEvent(EventResetMode.AutoReset, isSet: true);
        using (var scope = CancelScope.Enter())
        {
            scope.Cancel();
            await Raises<OperationCanceledException>(() => signal.WaitAsync().AsTask());
        }
        Assert.True(signal.IsSet);
    });

    [Fact]
    public void Wait_AlwaysSet_GivesUpTheTurnNowAndThen() => Run(async () =>
    {
        var signal = new AsyncEvent(isSet: true);
        bool other = false;
        EventLoop.Current.CallSoon(() => other = true);
        for (int i = 0; i < 1000 && !other; i++) await signal.WaitAsync();
        Assert.True(other);
    });

    [Theory]
    [InlineData(EventResetMode.ManualReset)]
    [InlineData(EventResetMode.AutoReset)]
    public void Set_FromAnotherThread_IsPosted(EventResetMode mode) => Run(async () =>
    {
        var signal = new AsyncEvent(mode);
        using var open = EventLoop.Current.HoldOpen();
        var wait = signal.WaitAsync();
        new Thread(signal.Set).Start();
        await wait;
    });

    // Before its first wait it belongs to no loop, and a set on whatever thread must not fall between the loop's look and wait.
    [Fact]
    [Seeds(20)]
    public void Set_FromAnotherThreadDuringTheFirstWait_IsNotMissed()
    {
        for (int i = 0; i < 20; i++)
        {
            var signal = new AsyncEvent(EventResetMode.AutoReset);
            using var go = new ManualResetEventSlim();
            var setter = new Thread(() =>
            {
                go.Wait();
                signal.Set();
            });
            setter.Start();
            Run(async () =>
            {
                using var open = EventLoop.Current.HoldOpen();
                go.Set();
                await signal.WaitAsync();
            });
            setter.Join();
        }
    }
}
