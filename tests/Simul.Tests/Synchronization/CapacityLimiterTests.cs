namespace Simul.Tests.Synchronization;

public partial class CapacityLimiterTests
{
    private static void Empty(CapacityLimiter limiter)
    {
        var (total, borrowed, borrowers, waiters) = limiter.GetStatistics();
        Assert.Equal((limiter.Total, 0, 0, 0), (total, borrowed, waiters, borrowers.Count));
    }

    [Fact]
    public void Total_Negative_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CapacityLimiter(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => new CapacityLimiter(1).Total = -1);
    }

    [Fact]
    public void Acquire_BoundsTheConcurrency()
    {
        int inside = 0, most = 0;
        var took = Run(async () =>
        {
            var limiter = new CapacityLimiter(3);
            await TaskGroup.RunAsync(group =>
            {
                for (int i = 0; i < 9; i++)
                {
                    group.Spawn(async () =>
                    {
                        using var lease = await limiter.AcquireAsync();
                        Assert.Same(EventLoop.CurrentTask, lease.Borrower);
                        most = Math.Max(most, ++inside);
                        await EventLoop.Delay(Sec(1));
                        inside--;
                    });
                }
                return Task.CompletedTask;
            });
            Empty(limiter);
        });
        Assert.Equal(3, most);
        Assert.Equal(Sec(3), took);
    }

    // A67
    [Fact]
    public void Acquire_Contended_GoesInOrderOfArrival() => Run(async () =>
    {
        var limiter = new CapacityLimiter(2);
        List<int> arrived = [], order = [];
        await TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < 10; i++)
            {
                int n = i;
                group.Spawn(async () =>
                {
                    arrived.Add(n);
                    using (await limiter.AcquireAsync())
                    {
                        order.Add(n);
                        await EventLoop.Delay(Sec(1 + arrived.IndexOf(n)));
                    }
                });
            }
            return Task.CompletedTask;
        });
        Assert.Equal(arrived, order);
    });

    // A69
    [Fact]
    public void Return_HandsOver_NobodyBargesIn() => Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        var lease = await limiter.AcquireAsync();
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () => (await limiter.AcquireAsync()).Dispose(), "waiter");
            await Settle();
            lease.Dispose();
            Assert.Equal(["Task 'waiter'"], limiter.GetStatistics().Borrowers);
            Assert.False(limiter.TryAcquire(out var barging));
            Assert.False(barging.IsHeld);
        });
        Assert.True(limiter.TryAcquire(out lease));
        lease.Dispose();
        Empty(limiter);
    });

    [Fact]
    public void Borrower_WithALease_BorrowsNoSecond() => Run(async () =>
    {
        var limiter = new CapacityLimiter(5, "seats");
        using (await limiter.AcquireAsync())
        {
            Says(Assert.Throws<InvalidOperationException>(() => { _ = limiter.AcquireAsync(); }), "Task 'main'", "has", "seats");
            Assert.Throws<InvalidOperationException>(() => limiter.TryAcquire(out _));
            using (await limiter.AcquireAsync("main's guest"))
            {
                Says(Assert.Throws<InvalidOperationException>(() => limiter.TryAcquire(out _, "main's guest")), "main's guest");
                Assert.Equal(["Task 'main'", "main's guest"], limiter.GetStatistics().Borrowers);
            }
            Assert.True(limiter.TryAcquire(out var again, "main's guest"));
            again.Dispose();
        }
        (await limiter.AcquireAsync()).Dispose();
        Empty(limiter);
    });

    [Fact]
    public void Borrower_InLine_CannotJoinItTwice() => Run(async () =>
    {
        var limiter = new CapacityLimiter(0, "seats");
        var first = limiter.AcquireAsync("a");
        Says(Assert.Throws<InvalidOperationException>(() => { _ = limiter.AcquireAsync("a"); }), "waits", "seats");
        limiter.Total = 1;
        (await first).Dispose();
        Empty(limiter);
    });

    // Who gave up may come again.
    [Fact]
    public void Borrower_WhoseWaitWasCancelled_MayComeAgain() => Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        var lease = await limiter.AcquireAsync("other");
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () => (await limiter.AcquireAsync()).Dispose()));
        Assert.Equal(0, limiter.GetStatistics().CurrentWaiters);
        EventLoop.Current.CallLater(Sec(1), lease.Dispose);
        (await limiter.AcquireAsync()).Dispose();
        Empty(limiter);
    });

    // A68; C2
    [Fact]
    public void Cancel_AfterTheHandOverInTheSameTurn_TheGrantWinsAndNothingIsLost() => Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        List<string> log = [];
        await TaskGroup.RunAsync(async group =>
        {
            var lease = await limiter.AcquireAsync();
            var first = group.Spawn(async () =>
            {
                using (await limiter.AcquireAsync())
                {
                    log.Add("first has it");
                    await EventLoop.Yield();
                    log.Add("never");
                }
            });
            await Settle();
            group.Spawn(async () =>
            {
                using (await limiter.AcquireAsync()) log.Add("second has it");
            });
            await Settle();
            lease.Dispose();
            first.Cancel();
        });
        Assert.Equal(["first has it", "second has it"], log);
        Empty(limiter);
    });

    [Fact]
    public void Dispose_Twice_Throws() => Run(async () =>
    {
        var limiter = new CapacityLimiter(2, "seats");
        var lease = await limiter.AcquireAsync();
        var copy = lease;
        lease.Dispose();
        Says(Assert.Throws<InvalidOperationException>(lease.Dispose), "seats", "over");
        using (await limiter.AcquireAsync())
        {
            Assert.Throws<InvalidOperationException>(copy.Dispose);
            Assert.Equal(1, limiter.GetStatistics().CurrentBorrowed);
        }
        default(CapacityLease).Dispose();
    });

    [Fact]
    public void Dispose_FromAnotherThread_IsPosted() => Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        var lease = await limiter.AcquireAsync("other");
        using var open = EventLoop.Current.HoldOpen();
        new Thread(lease.Dispose).Start();
        (await limiter.AcquireAsync()).Dispose();
    });
}
