namespace Simul.Tests.Synchronization;

public class AsyncLockTests
{
    // A67
    [Fact]
    public void Lock_Contended_GoesInOrderOfArrival() => Run(async () =>
    {
        var gate = new AsyncLock();
        List<int> arrived = [], order = [];
        await TaskGroup.RunAsync(async group =>
        {
            var hold = await gate.LockAsync();
            for (int i = 0; i < 10; i++)
            {
                int n = i;
                group.Spawn(async () =>
                {
                    arrived.Add(n);
                    using (await gate.LockAsync())
                    {
                        order.Add(n);
                        await EventLoop.Delay(Sec(1));
                    }
                });
            }
            await Settle();
            Assert.Equal(new AsyncLockStatistics(true, "main", 10), gate.GetStatistics());
            hold.Dispose();
        });
        Assert.Equal(10, order.Count);
        Assert.Equal(arrived, order);
        Assert.Equal(new AsyncLockStatistics(false, null, 0), gate.GetStatistics());
    });

    // A69
    [Fact]
    public void Release_HandsOver_NobodyBargesIn() => Run(async () =>
    {
        var gate = new AsyncLock();
        var hold = await gate.LockAsync();
        bool got = false;
        await TaskGroup.RunAsync(async group =>
        {
            var waiter = group.Spawn(async () =>
            {
                using var mine = await gate.LockAsync();
                got = true;
            }, "waiter");
            await Settle();
            hold.Dispose();
            Assert.False(got);
            Assert.Equal("waiter", gate.GetStatistics().Holder);
            Assert.False(gate.TryLock(out var barging));
            Assert.False(barging.IsHeld);
        });
        Assert.True(got);
    });

    // A68
    [Fact]
    public void Cancel_OfTheWaiterInFront_PassesTheLockToTheNext() => Run(async () =>
    {
        var gate = new AsyncLock();
        List<string> got = [];
        await TaskGroup.RunAsync(async group =>
        {
            var hold = await gate.LockAsync();
            LoopTask Waiter(string name) => group.Spawn(async () =>
            {
                using (await gate.LockAsync()) got.Add(name);
            });
            var first = Waiter("first");
            await Settle();
            Waiter("second");
            await Settle();
            first.Cancel();
            hold.Dispose();
        });
        Assert.Equal(["second"], got);
        Assert.False(gate.GetStatistics().IsHeld);
    });

    // A38, A68; C2: the grant wins, the next checkpoint raises, exactly one other gets it.
    [Fact]
    public void Cancel_AfterTheHandOverInTheSameTurn_TheGrantWinsAndNothingIsLost() => Run(async () =>
    {
        var gate = new AsyncLock();
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            var hold = await gate.LockAsync();
            var first = group.Spawn(async () =>
            {
                using (await gate.LockAsync())
                {
                    log.Add("first has it");
                    await EventLoop.Yield();
                    log.Add("never");
                }
            });
            await Settle();
            group.Spawn(async () =>
            {
                using (await gate.LockAsync()) log.Add("second has it");
            });
            await Settle();
            hold.Dispose();
            first.Cancel();
        });
        Assert.Equal(["first has it", "second has it"], log);
        Assert.False(gate.GetStatistics().IsHeld);
    });

    [Fact]
    public void Dispose_Twice_Throws() => Run(async () =>
    {
        var gate = new AsyncLock("gate");
        var hold = await gate.LockAsync();
        var copy = hold;
        hold.Dispose();
        Says(Assert.Throws<InvalidOperationException>(hold.Dispose), "gate", "over");
        using (await gate.LockAsync())
        {
            Says(Assert.Throws<InvalidOperationException>(copy.Dispose), "held by Task 'main'");
            Assert.True(gate.GetStatistics().IsHeld);
        }
        default(AsyncLockHold).Dispose();
    });

    [Fact]
    public void Dispose_FromAnotherThread_IsPosted() => Run(async () =>
    {
        var gate = new AsyncLock();
        var hold = await gate.LockAsync();
        using var open = EventLoop.Current.HoldOpen();
        new Thread(hold.Dispose).Start();
        using (await gate.LockAsync()) Assert.True(gate.GetStatistics().IsHeld);
    });

    [Fact]
    public void Dispose_AfterTheLoopEnded_IsSilent()
    {
        AsyncLockHold hold = default;
        Run(async () => hold = await new AsyncLock().LockAsync());
        hold.Dispose();
    }

    // A10
    [Fact]
    public void UsedOnASecondLoop_Throws()
    {
        var gate = new AsyncLock("shared");
        var permits = new AsyncSemaphore(1, name: "shared permits");
        Run(async () =>
        {
            (await gate.LockAsync()).Dispose();
            await permits.WaitAsync();
        });
        Run(() =>
        {
            Says(Assert.Throws<LoopAffinityException>(() => { _ = gate.LockAsync(); }), "lock");
            Assert.Throws<LoopAffinityException>(() => gate.TryLock(out _));
            Says(Assert.Throws<LoopAffinityException>(() => { _ = permits.WaitAsync(); }), "semaphore");
            return Task.CompletedTask;
        });
    }

    // A71 differs: a checkpoint in a cancelled scope raises also when it need not wait. TryLock is the one that does not.
    [Fact]
    public void LockAsync_FreeInACancelledScope_Raises_TryLockDoesNot() => Run(async () =>
    {
        var gate = new AsyncLock();
        using var scope = CancelScope.Enter();
        scope.Cancel();
        await Raises<OperationCanceledException>(() => gate.LockAsync().AsTask());
        Assert.False(gate.GetStatistics().IsHeld);
        Assert.True(gate.TryLock(out var hold));
        hold.Dispose();
    });

    [Fact]
    public void Timeout_OnTheLock_LeavesTheLine() => Run(async () =>
    {
        var gate = new AsyncLock();
        using var hold = await gate.LockAsync();
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => (await gate.LockAsync()).Dispose()));
        Assert.Equal(0, gate.GetStatistics().CurrentWaiters);
    });

    // A69 differs: a hold may be handed to another task, so it is the hold that counts.
    [Fact]
    public void Hold_HandedToAnotherTask_ReleasesThere() => Run(async () =>
    {
        var gate = new AsyncLock();
        await TaskGroup.RunAsync(async group =>
        {
            var hold = await gate.LockAsync();
            group.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(1));
                hold.Dispose();
            });
            using (await gate.LockAsync()) Assert.Equal(Sec(1), EventLoop.Now);
        });
        Assert.False(gate.GetStatistics().IsHeld);
    });

    // A69 differs: two methods of one task that run side by side exclude each other, so a second take is no error. Where it is
    // one, the stall says who waits for itself.
    [Fact]
    public void Lock_TakenTwiceByOneTask_IsAStallThatNamesIt()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(async () =>
        {
            var gate = new AsyncLock("gate");
            using (await gate.LockAsync()) await gate.LockAsync();
        }));
        Says(error, "main: Running, waits for the lock 'gate', held by Task 'main'");
    }

    // A69 differs: trio's waiters fail then; here another task may still have the hold.
    [Fact]
    public void Holder_EndedWithoutReleasing_IsNamedInTheStall()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(async () =>
        {
            var gate = new AsyncLock("gate");
            await EventLoop.Current.Spawn(async () => await gate.LockAsync(), "leaver");
            await gate.LockAsync();
        }));
        Says(error, "waits for the lock 'gate', held by Task 'leaver' (ended without releasing it)");
    }

    [Fact]
    public void Holder_InACancelScope_IsItsTask() => Run(async () =>
    {
        var gate = new AsyncLock("gate");
        AsyncLockHold hold;
        using (CancelScope.Enter()) hold = await gate.LockAsync();
        Assert.Equal("main", gate.GetStatistics().Holder);
        hold.Dispose();
        EventLoop.Current.Post(() => Assert.True(gate.TryLock(out hold)));
        await EventLoop.Delay(Sec(1));
        Assert.Equal("the lock 'gate', held by a callback", ((IWaitSubject)gate).Describe());
        hold.Dispose();
        Assert.Equal("the lock 'gate', free", ((IWaitSubject)gate).Describe());
    });
}
