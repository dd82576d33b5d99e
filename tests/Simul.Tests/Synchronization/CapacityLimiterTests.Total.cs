namespace Simul.Tests.Synchronization;

public partial class CapacityLimiterTests
{
    [Fact]
    public void Total_Raised_LetsWaitersIn() => Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        int inside = 0;
        var leave = new AsyncEvent();
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 5; i++)
            {
                group.Spawn(async () =>
                {
                    using (await limiter.AcquireAsync())
                    {
                        inside++;
                        await leave.WaitAsync();
                    }
                });
            }
            await Settle();
            Assert.Equal(1, inside);
            limiter.Total = 3;
            await Settle();
            Assert.Equal(3, inside);
            Assert.Equal(2, limiter.GetStatistics().CurrentWaiters);
            limiter.Total = int.MaxValue;
            await Settle();
            Assert.Equal(5, inside);
            leave.Set();
        });
        Empty(limiter);
    });

    [Fact]
    public void Total_Lowered_TakesNothingAwayAndLetsNobodyIn() => Run(async () =>
    {
        var limiter = new CapacityLimiter(3);
        var leases = new List<CapacityLease>();
        foreach (string who in new[] { "a", "b", "c" }) leases.Add(await limiter.AcquireAsync(who));
        limiter.Total = 1;
        var (total, borrowed, borrowers, _) = limiter.GetStatistics();
        Assert.Equal((1, 3), (total, borrowed));
        Assert.Equal(["a", "b", "c"], borrowers);
        var next = limiter.AcquireAsync("d");
        leases[0].Dispose();
        leases[1].Dispose();
        await Settle();
        Assert.False(next.IsCompleted);
        leases[2].Dispose();
        (await next).Dispose();
        Empty(limiter);
    });

    [Fact]
    public void Total_Zero_LetsNobodyInUntilRaised() => Run(async () =>
    {
        var limiter = new CapacityLimiter(0);
        Assert.False(limiter.TryAcquire(out _));
        EventLoop.Current.CallLater(Sec(1), () => limiter.Total = 1);
        (await limiter.AcquireAsync()).Dispose();
    });

    [Fact]
    public void Total_FromAnotherThread_IsPosted() => Run(async () =>
    {
        var limiter = new CapacityLimiter(0);
        using var open = EventLoop.Current.HoldOpen();
        var wait = limiter.AcquireAsync();
        new Thread(() => limiter.Total = 1).Start();
        (await wait).Dispose();
        Assert.Equal(1, limiter.Total);
    });

    [Fact]
    public void Stall_SaysWhoHasTheLeases()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(async () =>
        {
            var limiter = new CapacityLimiter(8, "seats");
            await EventLoop.Current.Spawn(async () => await limiter.AcquireAsync(), "leaver");
            for (int i = 0; i < 7; i++) await limiter.AcquireAsync($"guest {i}");
            await limiter.AcquireAsync();
        }));
        Says(error, "the limiter 'seats', 8 of 8 out, borrowed by Task 'leaver' (ended without releasing it), guest 0, guest 1, guest 2, guest 3 and 3 more");
    }
}
