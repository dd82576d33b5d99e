namespace Simul.Tests.Synchronization;

public partial class AsyncConditionTests
{
    // A76: it has the lock again first, also where somebody else holds it for long, and the reason is the original one.
    [Fact]
    public void Cancel_OfAWaiter_RaisesOnceItHasTheLockAgain() => Run(async () =>
    {
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            var waiter = group.Spawn(async () =>
            {
                using (await _gate.LockAsync())
                {
                    var error = await Raises<OperationCanceledException>(async () => await _changed.WaitAsync());
                    Says(error, "no longer wanted");
                    Assert.True(error.CancellationToken.IsCancellationRequested);
                    Assert.Equal("waiter", _gate.GetStatistics().Holder);
                    log.Add("raised");
                }
            }, "waiter");
            await Settle();
            using (await _gate.LockAsync())
            {
                waiter.Cancel("no longer wanted");
                Assert.Equal(new AsyncConditionStatistics(0, new AsyncLockStatistics(true, "main", 1)), _changed.GetStatistics());
                await EventLoop.Delay(Sec(5));
                log.Add("released");
            }
        });
        Assert.Equal(["released", "raised"], log);
        Free();
    });

    // A76
    [Fact]
    public void Cancel_WhileTheLockIsFree_HasItBackAtOnce() => Run(async () =>
    {
        await TaskGroup.RunAsync(async group =>
        {
            var waiter = group.Spawn(async () =>
            {
                using (await _gate.LockAsync()) await _changed.WaitAsync();
            }, "waiter");
            await Settle();
            Assert.False(_gate.GetStatistics().IsHeld);
            waiter.Cancel();
            Assert.Equal(new AsyncLockStatistics(true, "waiter", 0), _gate.GetStatistics());
            await waiter.WaitAsync();
            Assert.Equal(LoopTaskStatus.Cancelled, waiter.Status);
        });
        Free();
    });

    // A76: what is cancelled further out while the lock is awaited is the reason then: the outermost absorbs.
    [Fact]
    public void Timeout_OfAWait_IsAbsorbedByItsScopeWithTheLockHeld() => Run(async () =>
    {
        using (await _gate.LockAsync())
        {
            Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => await _changed.WaitAsync()));
            Assert.Equal("main", _gate.GetStatistics().Holder);
            await Raises<TimeoutException>(() => CancelScope.TimeoutAfterAsync(Sec(1), async () => await _changed.WaitAsync(() => false)));
            Assert.Equal("main", _gate.GetStatistics().Holder);
        }
        Free();
    });

    // C2: the notification was taken, so it counts; the next checkpoint raises.
    [Fact]
    public void Cancel_AfterTheNotification_GoesOnAndRaisesAtTheNextCheckpoint() => Run(async () =>
    {
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            var waiter = group.Spawn(async () =>
            {
                using (await _gate.LockAsync())
                {
                    await _changed.WaitAsync();
                    log.Add("notified");
                    await EventLoop.Yield();
                    log.Add("never");
                }
            });
            await Settle();
            using (await _gate.LockAsync())
            {
                _changed.Notify();
                waiter.Cancel();
                await EventLoop.Delay(Sec(1));
            }
        });
        Assert.Equal(["notified"], log);
        Free();
    });

    [Fact]
    public void Cancel_OfAllInTheTurnOfTheNotification_ThoseNotifiedGoOn() => Run(async () =>
    {
        int notified = 0, cancelled = 0;
        await TaskGroup.RunAsync(async group =>
        {
            var waiters = Enumerable.Range(0, 5).Select(_ => group.Spawn(WaitAsync)).ToList();
            await Settle();
            using (await _gate.LockAsync())
            {
                _changed.Notify(2);
                foreach (var waiter in waiters) waiter.Cancel();
            }
        });
        Assert.Equal((2, 3), (notified, cancelled));
        Free();

        async Task WaitAsync()
        {
            using (await _gate.LockAsync())
            {
                try
                {
                    await _changed.WaitAsync();
                    notified++;
                }
                catch (OperationCanceledException)
                {
                    cancelled++;
                    throw;
                }
            }
        }
    });

    [Fact]
    public void Cancel_BeforeTheNotification_ItGoesToTheNext() => Run(async () =>
    {
        List<string> notified = [];
        await TaskGroup.RunAsync(async group =>
        {
            async Task WaitAsync(string name)
            {
                using (await _gate.LockAsync())
                {
                    await _changed.WaitAsync();
                    notified.Add(name);
                }
            }
            var first = group.Spawn(() => WaitAsync("first"));
            await Settle();
            group.Spawn(() => WaitAsync("second"));
            await Settle();
            using (await _gate.LockAsync())
            {
                first.Cancel();
                _changed.Notify();
            }
        });
        Assert.Equal(["second"], notified);
        Free();
    });

    [Fact]
    public void Wait_InACancelledScope_RaisesAndNeverGivesTheLockAway() => Run(async () =>
    {
        using (await _gate.LockAsync())
        {
            using (var scope = CancelScope.Enter())
            {
                scope.Cancel();
                await Raises<OperationCanceledException>(() => _changed.WaitAsync().AsTask());
                await Raises<OperationCanceledException>(() => _changed.WaitAsync(() => true).AsTask());
                Assert.Equal("main", _gate.GetStatistics().Holder);
            }
        }
        Free();
    });

    // What it would bring has nobody to release it.
    [Theory]
    [InlineData(false, false)]
    [InlineData(false, true)]
    [InlineData(true, false)]
    [InlineData(true, true)]
    public void Wait_NeverAwaited_EndsWithItsTaskAndLeavesTheLock(bool notified, bool inAScope) => Run(async () =>
    {
        var go = new AsyncEvent();
        await TaskGroup.RunAsync(async group =>
        {
            var careless = group.Spawn(async () =>
            {
                await _gate.LockAsync();
                if (inAScope) _ = InAScopeAsync();
                else _ = _changed.WaitAsync();
                await go.WaitAsync();
            });
            await Settle();
            using (await _gate.LockAsync())
            {
                if (notified) _changed.Notify();
                go.Set();
                await careless.WaitAsync();
            }
        });
        Assert.False(_gate.GetStatistics().IsHeld);
        using (await _gate.LockAsync()) _changed.NotifyAll();

        async Task InAScopeAsync()
        {
            using var scope = CancelScope.Enter();
            await _changed.WaitAsync();
        }
    });

    [Fact]
    public void Wait_InAGreenletAndInAGenerator_HasTheLockBack() => Run(async () =>
    {
        int done = 0;
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(() => Greenlet.RunAsync(() =>
            {
                using var hold = Greenlet.Await(_gate.LockAsync());
                Greenlet.Await(_changed.WaitAsync());
                Assert.True(_gate.GetStatistics().IsHeld);
                done++;
            }));
            group.Spawn(() => Generator.RunAsync(Iterate()));
            await Settle();
            using (await _gate.LockAsync()) _changed.NotifyAll();
        });
        Assert.Equal(2, done);
        Free();

        IEnumerable<Suspend> Iterate()
        {
            yield return Suspend.On(_gate.LockAsync(), out var hold);
            using (hold.Value)
            {
                yield return Suspend.On(_changed.WaitAsync());
                Assert.True(_gate.GetStatistics().IsHeld);
                done++;
            }
        }
    });

    // The task tree says first for what, then for whom.
    [Fact]
    public void TaskTree_ShowsTheConditionAndThenTheLock() => Run(async () =>
    {
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                using (await _gate.LockAsync()) await _changed.WaitAsync();
            }, "waiter");
            await Settle();
            string tree = EventLoop.Current.GetTaskTree().ToString();
            Assert.Contains("the condition 'changed' under the lock 'gate', free", tree);
            using (await _gate.LockAsync())
            {
                _changed.Notify();
                tree = EventLoop.Current.GetTaskTree().ToString();
                Assert.Contains("waits for the lock 'gate', held by Task 'main'", tree);
            }
        });
    });

    [Fact]
    public void Wait_ThatNobodyNotifies_IsAStall()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(async () =>
        {
            using (await _gate.LockAsync()) await _changed.WaitAsync(() => false);
        }));
        Says(error, "the condition 'changed'");
    }
}
