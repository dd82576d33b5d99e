namespace Simul.Tests.Synchronization;

public class CapacityLimiterTests
{
    [Fact]
    public void Acquire_NeverMoreThanTheTotalAtOnce() => Run(async () =>
    {
        var limiter = new CapacityLimiter(3, "downloads");
        int now = 0, most = 0;
        await TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < 20; i++)
            {
                group.Spawn(async () =>
                {
                    using (await limiter.AcquireAsync())
                    {
                        most = Math.Max(most, ++now);
                        await EventLoop.Delay(Sec(1));
                        now--;
                    }
                });
            }
            return Task.CompletedTask;
        });
        Assert.Equal((0, 3), (now, most));
        var end = limiter.GetStatistics();
        Assert.Equal((3, 0, 0), (end.Total, end.CurrentBorrowed, end.CurrentWaiters));
    });

    [Fact]
    public void Statistics_NameTheBorrowers() => Run(async () =>
    {
        var limiter = new CapacityLimiter(2);
        using var mine = await limiter.AcquireAsync();
        using var other = await limiter.AcquireAsync("the printer");
        Assert.Equal(["Task 'main'", "the printer"], limiter.GetStatistics().Borrowers);
        Assert.Equal("the printer", other.Borrower);
        Assert.False(limiter.TryAcquire(out var none, "a third"));
        Assert.False(none.IsHeld);
    });

    [Fact]
    public void Total_Raised_LetsWaitersIn_Lowered_TakesEffectAsLeasesComeBack() => Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        int now = 0;
        List<int> seen = [];
        await TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 9; i++)
            {
                group.Spawn(async () =>
                {
                    using (await limiter.AcquireAsync())
                    {
                        seen.Add(++now);
                        await EventLoop.Delay(Sec(10));
                        now--;
                    }
                });
            }
            await EventLoop.Delay(Sec(1));
            Assert.Equal(1, now);
            limiter.Total = 4;
            await EventLoop.Delay(Sec(1));
            Assert.Equal(4, now);
            limiter.Total = 2;
            Assert.Equal(4, limiter.GetStatistics().CurrentBorrowed);
            await EventLoop.Delay(Sec(12)); // all four are back, two more are out
            Assert.Equal(2, now);
            limiter.Total = 0;
            await EventLoop.Delay(Sec(60));
            Assert.Equal(0, now);
            limiter.Total = 10;
        });
        Assert.Equal(9, seen.Count);
    });

    [Fact]
    public void Acquire_TwiceByTheSame_Throws() => Run(async () =>
    {
        var limiter = new CapacityLimiter(2, "downloads");
        using var lease = await limiter.AcquireAsync();
        Says(await Raises<InvalidOperationException>(async () => await limiter.AcquireAsync()), "Task 'main'", "the limiter 'downloads'", "already");
        Assert.Throws<InvalidOperationException>(() => limiter.TryAcquire(out _));
    });

    [Fact]
    public void Acquire_TwiceByTheSameWhileWaiting_TheSecondFails() => Run(async () =>
    {
        var limiter = new CapacityLimiter(0);
        string who = "both";
        await TaskGroup.RunAsync(async group =>
        {
            int granted = 0, refused = 0;
            for (int i = 0; i < 2; i++)
            {
                group.Spawn(async () =>
                {
                    try
                    {
                        using var lease = await limiter.AcquireAsync(who);
                        granted++;
                        await EventLoop.Delay(Sec(1));
                    }
                    catch (InvalidOperationException)
                    {
                        refused++;
                    }
                });
            }
            await EventLoop.Delay(Sec(1));
            limiter.Total = 5;
            await EventLoop.Delay(Sec(5));
            Assert.Equal((1, 1), (granted, refused));
        });
        Assert.Equal(0, limiter.GetStatistics().CurrentBorrowed);
    });

    [Fact]
    public void Dispose_Twice_Throws() => Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        var lease = await limiter.AcquireAsync();
        lease.Dispose();
        Says(Assert.Throws<InvalidOperationException>(() => lease.Dispose()), "had given back before");
    });

    // C2, A73
    [Fact]
    public void Cancel_OfWaitersAndGranted_LosesNoCapacity() => Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        int had = 0;
        await TaskGroup.RunAsync(async group =>
        {
            var lease = await limiter.AcquireAsync();
            async Task Borrow()
            {
                using (await limiter.AcquireAsync())
                {
                    had++;
                    await EventLoop.Yield();
                }
            }
            var tasks = Enumerable.Range(0, 5).Select(_ => group.Spawn(Borrow)).ToList();
            await EventLoop.Delay(Sec(1));
            lease.Dispose();
            tasks[0].Cancel();
            tasks[1].Cancel();
            tasks[4].Cancel();
        });
        Assert.InRange(had, 2, 3); // the two left alone; and the one granted in the turn of its cancel, if it was one of the three
        Assert.True(limiter.TryAcquire(out var free));
        free.Dispose();
    });

    [Fact]
    public void Release_FromAnotherThread_IsPosted() => Run(async () =>
    {
        var limiter = new CapacityLimiter(1);
        using var open = EventLoop.Current.HoldOpen();
        var lease = await limiter.AcquireAsync("first");
        _ = Task.Run(lease.Dispose);
        using var next = await limiter.AcquireAsync("next");
        Assert.True(next.IsHeld);
    });

    [Fact]
    public void Misuse_IsNamed()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => new CapacityLimiter(-1));
        var limiter = new CapacityLimiter(1, "one");
        Assert.Throws<LoopAffinityException>(() => { _ = limiter.AcquireAsync(); });
        Says(Assert.Throws<LoopStalledException>(() => Run(async () =>
        {
            using var mine = await limiter.AcquireAsync();
            await limiter.AcquireAsync("another");
        })), "the limiter 'one', 1 of 1 out, borrowed by Task 'main'");
    }
}
