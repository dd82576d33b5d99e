namespace Simul.Tests.Loop;

public partial class AllocationTests
{
    // Two tasks that run the same rounds side by side.
    private static void BothAllocateNothing(Func<int, Task> rounds) => AllocatesNothing(async n =>
    {
        var other = EventLoop.Current.Spawn(() => rounds(n));
        await rounds(n);
        await other;
    });

    [Fact]
    public void AsyncEvent_AllocatesNothing()
    {
        var always = new AsyncEvent(isSet: true);
        var once = new AsyncEvent(EventResetMode.AutoReset);
        AllocatesNothing(async n =>
        {
            for (int i = 0; i < n; i++)
            {
                await always.WaitAsync();
                once.Set();
                await once.WaitAsync();
            }
        });
    }

    [Theory]
    [InlineData(EventResetMode.AutoReset)]
    [InlineData(EventResetMode.ManualReset)]
    public void AsyncEvent_HandedOver_AllocatesNothing(EventResetMode mode)
    {
        var ping = new AsyncEvent(mode);
        var pong = new AsyncEvent(mode);
        AllocatesNothing(async n =>
        {
            var other = EventLoop.Current.Spawn(async () =>
            {
                for (int i = 0; i < n; i++)
                {
                    await ping.WaitAsync();
                    ping.Reset();
                    pong.Set();
                }
            });
            for (int i = 0; i < n; i++)
            {
                ping.Set();
                await pong.WaitAsync();
                pong.Reset();
            }
            await other;
        });
    }

    [Fact]
    public void AsyncCondition_AllocatesNothing()
    {
        var gate = new AsyncLock();
        var turn = new AsyncCondition(gate);
        bool pinged = false;
        AllocatesNothing(async n =>
        {
            var other = EventLoop.Current.Spawn(() => Play(n, false));
            await Play(n, true);
            await other;
        });

        async Task Play(int n, bool mine)
        {
            using (await gate.LockAsync())
            {
                for (int i = 0; i < n; i++)
                {
                    while (pinged == mine) await turn.WaitAsync();
                    pinged = mine;
                    turn.Notify();
                }
            }
        }
    }

    [Fact]
    public void AsyncCondition_WithAPredicateThatHolds_AllocatesNothing()
    {
        var gate = new AsyncLock();
        var condition = new AsyncCondition(gate);
        AllocatesNothing(async n =>
        {
            using (await gate.LockAsync())
            {
                for (int i = 0; i < n; i++) await condition.WaitAsync(static () => true);
            }
        });
    }

    [Fact]
    public void AsyncBarrier_AllocatesNothing()
    {
        var alone = new AsyncBarrier(1);
        var both = new AsyncBarrier(2);
        BothAllocateNothing(async n =>
        {
            for (int i = 0; i < n; i++)
            {
                await alone.SignalAndWaitAsync();
                await both.SignalAndWaitAsync();
            }
        });
    }

    [Fact]
    public void CapacityLimiter_AllocatesNothing()
    {
        var limiter = new CapacityLimiter(2);
        BothAllocateNothing(async n =>
        {
            for (int i = 0; i < n; i++)
            {
                using (await limiter.AcquireAsync()) { }
                if (limiter.TryAcquire(out var lease)) lease.Dispose();
            }
        });
    }

    [Fact]
    public void CapacityLimiter_HandedOver_AllocatesNothing()
    {
        var limiter = new CapacityLimiter(1);
        BothAllocateNothing(async n =>
        {
            for (int i = 0; i < n; i++)
            {
                using (await limiter.AcquireAsync()) await EventLoop.Yield();
            }
        });
    }

    [Fact]
    public void AsyncReaderWriterLock_AllocatesNothing()
    {
        var table = new AsyncReaderWriterLock();
        AllocatesNothing(async n =>
        {
            for (int i = 0; i < n; i++)
            {
                using (await table.ReadLockAsync())
                using (await table.ReadLockAsync()) { }
                using (await table.WriteLockAsync()) { }
            }
        });
    }

    [Fact]
    public void AsyncReaderWriterLock_HandedOver_AllocatesNothing()
    {
        var table = new AsyncReaderWriterLock();
        BothAllocateNothing(async n =>
        {
            for (int i = 0; i < n; i++)
            {
                using (await table.ReadLockAsync()) await EventLoop.Yield();
                using (await table.WriteLockAsync()) await EventLoop.Yield();
            }
        });
    }
}
