namespace Simul.Tests.Synchronization;

public partial class AsyncConditionTests
{
    private readonly AsyncLock _gate = new("gate");
    private readonly AsyncCondition _changed;

    public AsyncConditionTests() => _changed = new AsyncCondition(_gate, "changed");

    private void Free() => Assert.Equal(new AsyncConditionStatistics(0, new AsyncLockStatistics(false, null, 0)), _changed.GetStatistics());

    [Fact]
    public void Wait_GivesTheLockAway_AndHasItBack() => Run(async () =>
    {
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                using (await _gate.LockAsync())
                {
                    await _changed.WaitAsync();
                    log.Add("notified");
                    Assert.Equal("waiter", _gate.GetStatistics().Holder);
                }
            }, "waiter");
            await Settle();
            using (await _gate.LockAsync())
            {
                Assert.Equal(new AsyncConditionStatistics(1, new AsyncLockStatistics(true, "main", 0)), _changed.GetStatistics());
                _changed.Notify();
                Assert.Equal(new AsyncConditionStatistics(0, new AsyncLockStatistics(true, "main", 1)), _changed.GetStatistics());
                await EventLoop.Delay(Sec(1));
                log.Add("notifier leaves");
            }
        });
        Assert.Equal(["notifier leaves", "notified"], log);
        Free();
    });

    // The struct far up in a using is as good after the wait as before.
    [Fact]
    public void Hold_AfterTheWait_IsTheSameHold() => Run(async () =>
    {
        await TaskGroup.RunAsync(async group =>
        {
            var hold = await _gate.LockAsync();
            group.Spawn(async () =>
            {
                using (await _gate.LockAsync()) _changed.Notify();
            });
            await _changed.WaitAsync();
            Assert.Equal("main", _gate.GetStatistics().Holder);
            hold.Dispose();
            Says(Assert.Throws<InvalidOperationException>(hold.Dispose), "gate", "over");
        });
        Free();
    });

    [Fact]
    public void Hold_DisposedDuringTheWait_ThrowsAndNothingIsLost() => Run(async () =>
    {
        await TaskGroup.RunAsync(async group =>
        {
            var hold = await _gate.LockAsync();
            group.Spawn(async () =>
            {
                Says(Assert.Throws<InvalidOperationException>(hold.Dispose), "condition");
                using (await _gate.LockAsync())
                {
                    Assert.Throws<InvalidOperationException>(hold.Dispose);
                    _changed.Notify();
                }
            });
            await _changed.WaitAsync();
            hold.Dispose();
        });
        Free();
    });

    [Fact]
    public void Use_WithoutTheLock_Throws() => Run(async () =>
    {
        Says(Assert.Throws<SynchronizationLockException>(() => { _ = _changed.WaitAsync(); }), "changed", "gate", "free", "LockAsync", "main");
        Assert.Throws<SynchronizationLockException>(() => { _ = _changed.WaitAsync(() => true); });
        Assert.Throws<SynchronizationLockException>(() => _changed.Notify());
        Assert.Throws<SynchronizationLockException>(_changed.NotifyAll);
        await TaskGroup.RunAsync(async group =>
        {
            using (await _gate.LockAsync())
            {
                var other = group.Spawn(() =>
                {
                    Says(Assert.Throws<SynchronizationLockException>(() => _changed.Notify()), "held by Task 'main'", "other");
                    return Task.CompletedTask;
                }, "other");
                await other.WaitAsync();
            }
        });
        Free();
    });

    [Fact]
    public void Notify_NegativeCount_Throws() => Run(async () =>
    {
        using (await _gate.LockAsync())
        {
            Assert.Throws<ArgumentOutOfRangeException>(() => _changed.Notify(-1));
            _changed.Notify(0);
            _changed.Notify(3);
            _changed.NotifyAll();
        }
        Assert.Throws<ArgumentNullException>(() => new AsyncCondition(null!));
        Assert.Throws<ArgumentNullException>(() => { _ = _changed.WaitAsync(null!); });
    });

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(int.MaxValue)]
    public void Notify_WakesThatMany_TheLongestFirst(int count) => Run(async () =>
    {
        List<int> waiting = [], woken = [];
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 5; i++)
            {
                int n = i;
                group.Spawn(async () =>
                {
                    using (await _gate.LockAsync())
                    {
                        waiting.Add(n);
                        await _changed.WaitAsync();
                        woken.Add(n);
                    }
                });
            }
            await Settle();
            using (await _gate.LockAsync()) _changed.Notify(count);
            await Settle();
            Assert.Equal(waiting.Take(count), woken);
            using (await _gate.LockAsync()) _changed.NotifyAll();
        });
        Assert.Equal(waiting, woken);
        Free();
    });

    [Fact]
    public void Notified_StandBehindThoseWhoWaitForTheLock() => Run(async () =>
    {
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                using (await _gate.LockAsync())
                {
                    await _changed.WaitAsync();
                    log.Add("notified");
                }
            });
            await Settle();
            using (await _gate.LockAsync())
            {
                group.Spawn(async () =>
                {
                    using (await _gate.LockAsync()) log.Add("was in line");
                });
                await Settle();
                _changed.Notify();
            }
        });
        Assert.Equal(["was in line", "notified"], log);
    });

    [Fact]
    public void Wait_WithAPredicate_AsksAgainAfterEachNotification() => Run(async () =>
    {
        int value = 0, asked = 0;
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                using (await _gate.LockAsync())
                {
                    await _changed.WaitAsync(() =>
                    {
                        asked++;
                        Assert.Equal("waiter", _gate.GetStatistics().Holder);
                        return value >= 3;
                    });
                    Assert.Equal(3, value);
                }
            }, "waiter");
            await Settle();
            for (int i = 0; i < 3; i++)
            {
                using (await _gate.LockAsync())
                {
                    value++;
                    _changed.Notify();
                }
                await Settle();
            }
        });
        Assert.Equal(4, asked);
        Free();
    });

    [Fact]
    public void Wait_WithAPredicateThatHolds_DoesNotWait() => Run(async () =>
    {
        using (await _gate.LockAsync())
        {
            Assert.True(_changed.WaitAsync(() => true).IsCompletedSuccessfully);
            Assert.Equal("main", _gate.GetStatistics().Holder);
        }
    });

    [Fact]
    public void Wait_WithAPredicateThatThrows_LeavesWithTheLock() => Run(async () =>
    {
        bool fail = false;
        await TaskGroup.RunAsync(async group =>
        {
            using (await _gate.LockAsync())
            {
                group.Spawn(async () =>
                {
                    using (await _gate.LockAsync())
                    {
                        fail = true;
                        _changed.Notify();
                    }
                });
                await Raises<FormatException>(async () => await _changed.WaitAsync(() => fail ? throw new FormatException() : false));
                Assert.Equal("main", _gate.GetStatistics().Holder);
            }
        });
        Free();
    });

    // Producers and consumers in a bounded buffer, the classic: nothing lost, nothing twice, no deadlock.
    [Fact]
    public void BoundedBuffer_TwoConditionsOnOneLock_PassesEveryItemOnce() => Run(async () =>
    {
        var notFull = new AsyncCondition(_gate);
        var notEmpty = new AsyncCondition(_gate);
        Queue<int> buffer = new();
        List<int> taken = [];
        await TaskGroup.RunAsync(group =>
        {
            for (int p = 0; p < 3; p++)
            {
                int first = p * 10;
                group.Spawn(async () =>
                {
                    for (int i = 0; i < 10; i++)
                    {
                        using (await _gate.LockAsync())
                        {
                            await notFull.WaitAsync(() => buffer.Count < 2);
                            buffer.Enqueue(first + i);
                            notEmpty.Notify();
                        }
                    }
                });
                group.Spawn(async () =>
                {
                    for (int i = 0; i < 10; i++)
                    {
                        using (await _gate.LockAsync())
                        {
                            while (buffer.Count == 0) await notEmpty.WaitAsync();
                            taken.Add(buffer.Dequeue());
                            notFull.Notify();
                        }
                    }
                });
            }
            return Task.CompletedTask;
        });
        Assert.Equal(Enumerable.Range(0, 30), taken.Order());
        Free();
    });

    // It runs with the lock held, so it may notify, wait no further, and ask whom it likes.
    [Fact]
    public void Predicate_ThatNotifies_ReachesTheOthers() => Run(async () =>
    {
        bool go = false;
        int passed = 0;
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 3; i++)
            {
                group.Spawn(async () =>
                {
                    using (await _gate.LockAsync())
                    {
                        await _changed.WaitAsync(() =>
                        {
                            if (go) _changed.Notify();
                            return go;
                        });
                        passed++;
                    }
                });
            }
            await Settle();
            using (await _gate.LockAsync())
            {
                go = true;
                _changed.Notify();
            }
        });
        Assert.Equal(3, passed);
        Free();
    });
}
