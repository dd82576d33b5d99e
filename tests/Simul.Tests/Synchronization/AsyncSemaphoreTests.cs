namespace Simul.Tests.Synchronization;

public class AsyncSemaphoreTests
{
    // A72
    [Fact]
    public void Constructor_BadNumbers_Throw()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new AsyncSemaphore(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new AsyncSemaphore(3, maximum: 2));
    }

    // A72
    [Fact]
    public void Release_BeyondTheMaximum_Throws() => Run(async () =>
    {
        var permits = new AsyncSemaphore(1, maximum: 1, name: "seats");
        await permits.WaitAsync();
        permits.Release();
        Says(Assert.Throws<InvalidOperationException>(permits.Release), "seats", "maximum of 1");
        Assert.Equal(new AsyncSemaphoreStatistics(1, 0), permits.GetStatistics());
    });

    // A72
    [Fact]
    public void Releaser_ThatWaitsAgain_GoesBehindTheWaiters() => Run(async () =>
    {
        var permits = new AsyncSemaphore(1);
        List<string> order = [];
        await TaskGroup.RunAsync(group =>
        {
            foreach (string name in new[] { "a", "b", "c" })
            {
                group.Spawn(async () =>
                {
                    for (int i = 0; i < 2; i++)
                    {
                        await permits.WaitAsync();
                        order.Add(name);
                        await EventLoop.Yield();
                        permits.Release();
                    }
                });
            }
            return Task.CompletedTask;
        });
        Assert.Equal(["a", "b", "c"], order[..3].Order());
        Assert.Equal(order[..3], order[3..]);
    });

    // A72: cancelled waiters are skipped.
    [Fact]
    public void Release_SkipsCancelledWaiters() => Run(async () =>
    {
        var permits = new AsyncSemaphore(0);
        List<int> got = [];
        await TaskGroup.RunAsync(async group =>
        {
            var waiters = Enumerable.Range(0, 4).Select(n => group.Spawn(async () =>
            {
                await permits.WaitAsync();
                got.Add(n);
            })).ToList();
            await Settle();
            waiters[0].Cancel();
            waiters[2].Cancel();
            permits.Release();
            permits.Release();
        });
        Assert.Equal([1, 3], got.Order());
        Assert.Equal(new AsyncSemaphoreStatistics(0, 0), permits.GetStatistics());
    });

    // A73, by C2: granted and cancelled in the same turn keeps the permit; the holder gives it back.
    [Fact]
    public void Cancel_AfterTheGrant_KeepsThePermit() => Run(async () =>
    {
        var permits = new AsyncSemaphore(0);
        bool got = false;
        await TaskGroup.RunAsync(async group =>
        {
            var waiter = group.Spawn(async () =>
            {
                await permits.WaitAsync();
                got = true;
                try
                {
                    await EventLoop.Yield();
                }
                finally
                {
                    permits.Release();
                }
            });
            await Settle();
            permits.Release();
            waiter.Cancel();
        });
        Assert.True(got);
        Assert.Equal(1, permits.GetStatistics().CurrentPermits);
    });

    [Fact]
    public void TryWait_TakesWhatIsThere() => Run(() =>
    {
        var permits = new AsyncSemaphore(2);
        Assert.True(permits.TryWait());
        Assert.True(permits.TryWait());
        Assert.False(permits.TryWait());
        return Task.CompletedTask;
    });

    [Fact]
    public void Release_FromAnotherThread_IsPosted() => Run(async () =>
    {
        var permits = new AsyncSemaphore(0);
        permits.TryWait();
        using var open = EventLoop.Current.HoldOpen();
        new Thread(() =>
        {
            permits.Release();
            permits.Release();
        }).Start();
        await permits.WaitAsync();
        await permits.WaitAsync();
    });

    [Fact]
    public void Permits_BoundTheConcurrency()
    {
        int inside = 0, most = 0;
        var took = Run(() => TaskGroup.RunAsync(group =>
        {
            var permits = new AsyncSemaphore(3);
            for (int i = 0; i < 9; i++)
            {
                group.Spawn(async () =>
                {
                    await permits.WaitAsync();
                    most = Math.Max(most, ++inside);
                    await EventLoop.Delay(Sec(1));
                    inside--;
                    permits.Release();
                });
            }
            return Task.CompletedTask;
        }));
        Assert.Equal(3, most);
        Assert.Equal(Sec(3), took);
    }

    [Fact]
    public void Wait_InACancelledScope_RaisesAndLeavesThePermit() => Run(async () =>
    {
        var permits = new AsyncSemaphore(1);
        using var scope = CancelScope.Enter();
        scope.Cancel();
        await Raises<OperationCanceledException>(() => permits.WaitAsync().AsTask());
        Assert.Equal(1, permits.GetStatistics().CurrentPermits);
    });

    // Before its first use it belongs to no loop: many threads may release, and none is lost.
    [Fact]
    [Seeds(20)]
    public void Release_BeforeTheFirstWaitFromManyThreads_IsCounted()
    {
        var permits = new AsyncSemaphore(0, maximum: 400);
        var releasers = Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            for (int i = 0; i < 100; i++) permits.Release();
        })).ToList();
        releasers.ForEach(thread => thread.Start());
        releasers.ForEach(thread => thread.Join());
        Assert.Equal(400, permits.GetStatistics().CurrentPermits);
        Says(Assert.Throws<InvalidOperationException>(permits.Release), "maximum of 400");
    }

    [Fact]
    public void Stall_NamesTheSemaphore()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(async () => await new AsyncSemaphore(0, name: "seats").WaitAsync()));
        Says(error, "waits for the semaphore 'seats', 0 permits free");
    }
}
