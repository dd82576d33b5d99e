namespace Simul.Tests.Synchronization;

public class AsyncConditionTests
{
    [Fact]
    public void Wait_GivesTheLockUp_AndHasItAgain() => Run(async () =>
    {
        var gate = new AsyncLock("gate");
        var changed = new AsyncCondition(gate, "changed");
        bool ready = false, seen = false;
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                using (await gate.LockAsync())
                {
                    await changed.WaitAsync(() => ready);
                    Assert.Equal("waiter", gate.GetStatistics().Holder);
                    seen = true;
                }
            }, "waiter");
            await EventLoop.Delay(Sec(1));
            Assert.False(gate.GetStatistics().IsHeld);
            Assert.Equal(1, changed.GetStatistics().CurrentWaiters);
            using (await gate.LockAsync())
            {
                changed.Notify(); // not ready yet: it waits again
            }
            await EventLoop.Delay(Sec(1));
            Assert.False(seen);
            using (await gate.LockAsync())
            {
                ready = true;
                changed.NotifyAll();
                await EventLoop.Delay(Sec(1));
                Assert.False(seen); // the lock is still held here
            }
        });
        Assert.True(seen);
        Assert.Equal(new AsyncLockStatistics(false, null, 0), gate.GetStatistics());
    });

    // A76
    [Fact]
    public void Wait_Cancelled_HasTheLockAgain_AndRaisesTheSameError() => Run(async () =>
    {
        var gate = new AsyncLock();
        var changed = new AsyncCondition(gate);
        bool held = false;
        await TaskGroup.RunAsync(async group =>
        {
            var waiter = group.Spawn(async () =>
            {
                using (await gate.LockAsync())
                {
                    var error = await Raises<OperationCanceledException>(async () => await changed.WaitAsync());
                    Says(error, "enough");
                    held = gate.GetStatistics().Holder == "waiter";
                }
            }, "waiter");
            await EventLoop.Delay(Sec(1));
            using (await gate.LockAsync())
            {
                waiter.Cancel("enough");
                await EventLoop.Delay(Sec(1));
                Assert.False(held); // it stands in the lock's line, cancelled or not
            }
        });
        Assert.True(held);
        Assert.False(gate.GetStatistics().IsHeld);
    });

    // C2: who was notified first and then cancelled has been notified; nobody else is woken for it.
    [Fact]
    public void Notify_ThenCancelInTheSameTurn_TheNotificationIsNotLost() => Run(async () =>
    {
        var gate = new AsyncLock();
        var changed = new AsyncCondition(gate);
        int notified = 0, cancelled = 0;
        await TaskGroup.RunAsync(async group =>
        {
            async Task Waiter()
            {
                using (await gate.LockAsync())
                {
                    try
                    {
                        await changed.WaitAsync();
                        notified++;
                    }
                    catch (OperationCanceledException)
                    {
                        cancelled++;
                        throw;
                    }
                }
            }
            var waiters = Enumerable.Range(0, 5).Select(_ => group.Spawn(Waiter)).ToList();
            await EventLoop.Delay(Sec(1));
            using (await gate.LockAsync())
            {
                changed.Notify(2);
                foreach (var waiter in waiters) waiter.Cancel();
            }
        });
        Assert.Equal((2, 3), (notified, cancelled));
        Assert.False(gate.GetStatistics().IsHeld);
    });

    [Fact]
    [FifoOrder]
    public void Notify_WakesInOrderOfArrival() => Run(async () =>
    {
        var gate = new AsyncLock();
        var changed = new AsyncCondition(gate);
        List<int> order = [];
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 5; i++)
            {
                int n = i;
                group.Spawn(async () =>
                {
                    using (await gate.LockAsync())
                    {
                        await changed.WaitAsync();
                        order.Add(n);
                    }
                });
            }
            await EventLoop.Delay(Sec(1));
            for (int i = 0; i < 5; i++)
            {
                using (await gate.LockAsync()) changed.Notify();
                await EventLoop.Delay(Sec(1));
            }
        });
        Assert.Equal([0, 1, 2, 3, 4], order);
    });

    [Fact]
    public void Use_WithoutTheLock_Throws() => Run(async () =>
    {
        var gate = new AsyncLock("gate");
        var changed = new AsyncCondition(gate);
        Says(await Raises<SynchronizationLockException>(async () => await changed.WaitAsync()), "Task 'main'", "the lock 'gate', free", "Take the lock first");
        Says(Assert.Throws<SynchronizationLockException>(() => changed.Notify()), "without holding");
        using (await gate.LockAsync())
        {
            await TaskGroup.RunAsync(async group =>
            {
                var stranger = group.Spawn(() =>
                {
                    Says(Assert.Throws<SynchronizationLockException>(changed.NotifyAll), "held by Task 'main'");
                    return Task.CompletedTask;
                });
                await stranger;
            });
            Assert.Throws<ArgumentOutOfRangeException>(() => changed.Notify(-1));
            await Raises<ArgumentNullException>(async () => await changed.WaitAsync(null!));
        }
    });

    [Fact]
    public void Hold_ReleasedWhileItWaits_Throws() => Run(async () =>
    {
        var gate = new AsyncLock("gate");
        var changed = new AsyncCondition(gate);
        await TaskGroup.RunAsync(async group =>
        {
            AsyncLockHold hold = default;
            var waiter = group.Spawn(async () =>
            {
                hold = await gate.LockAsync();
                using (hold) await changed.WaitAsync();
            });
            await EventLoop.Delay(Sec(1));
            Says(Assert.Throws<InvalidOperationException>(() => hold.Dispose()), "waits for a condition");
            using (await gate.LockAsync()) changed.Notify();
        });
        Assert.False(gate.GetStatistics().IsHeld);
    });

    // Producer and consumer with two conditions on one lock, as every textbook has it.
    [Fact]
    public void TwoConditions_OneLock_PassEveryItem() => Run(async () =>
    {
        var gate = new AsyncLock();
        var (filled, emptied) = (new AsyncCondition(gate), new AsyncCondition(gate));
        Queue<int> box = new();
        List<int> got = [];
        await TaskGroup.RunAsync(group =>
        {
            for (int p = 0; p < 3; p++)
            {
                int first = p * 100;
                group.Spawn(async () =>
                {
                    for (int i = first; i < first + 20; i++)
                    {
                        using (await gate.LockAsync())
                        {
                            await emptied.WaitAsync(() => box.Count < 2);
                            box.Enqueue(i);
                            filled.Notify();
                        }
                    }
                });
            }
            for (int c = 0; c < 2; c++)
            {
                group.Spawn(async () =>
                {
                    for (int i = 0; i < 30; i++)
                    {
                        using (await gate.LockAsync())
                        {
                            await filled.WaitAsync(() => box.Count > 0);
                            got.Add(box.Dequeue());
                            emptied.Notify();
                        }
                    }
                });
            }
            return Task.CompletedTask;
        });
        Assert.Equal(60, got.Distinct().Count());
        Assert.Empty(box);
    });
}
