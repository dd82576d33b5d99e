namespace Simul.Processes.Tests.Sharing;

public class ProcessConditionTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public async Task NotifyAll_WakesAll_WhoGetTheLockOneAfterTheOther()
    {
        using var gate = ProcessLock.Create();
        using var changed = ProcessCondition.Create();
        int inside = 0, waiting = 0;
        bool open = false;
        var waits = Enumerable.Range(0, 6).Select(i => Task.Run(async () =>
        {
            using var hold = await gate.LockAsync(SharedJobs.Limit);
            waiting++;
            if (i % 2 == 0) await changed.WaitAsync(hold, () => open);
            else changed.Wait(hold, () => open);
            Assert.Equal(1, Interlocked.Increment(ref inside));
            Assert.False(hold.WasAbandoned);
            Interlocked.Decrement(ref inside);
        })).ToArray();
        await Until.TrueAsync(() =>
        {
            using var hold = gate.Lock(SharedJobs.Limit);
            return waiting == 6;
        }, "all wait");
        using (var hold = gate.Lock(SharedJobs.Limit))
        {
            open = true;
            changed.NotifyAll(hold);
        }
        await Task.WhenAll(waits).WaitAsync(SharedJobs.Limit);
    }

    [Fact]
    public async Task TimeoutCancelDispose_TheLockIsHeldAgain()
    {
        using var gate = ProcessLock.Create();
        var changed = ProcessCondition.Create();
        using (var hold = gate.Lock())
        {
            Assert.Throws<TimeoutException>(() => changed.Wait(hold, s_short));
            Assert.False(gate.TryLock(out _));
            await Assert.ThrowsAsync<TimeoutException>(() => changed.WaitAsync(hold, s_short).AsTask());
            Assert.False(gate.TryLock(out _));
            using var cancel = new CancellationTokenSource();
            var cancelled = changed.WaitAsync(hold, cancel.Token).AsTask();
            Assert.True(gate.TryLock(out var other)); // given away meanwhile
            cancel.Cancel();
            await Task.Yield();
            Assert.False(cancelled.IsCompleted);
            other.Dispose();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(SharedJobs.Limit));
            Assert.False(gate.TryLock(out _));
            var disposed = changed.WaitAsync(hold).AsTask();
            changed.Dispose();
            await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed.WaitAsync(SharedJobs.Limit));
            Assert.False(gate.TryLock(out _));
        }
        Assert.True(gate.TryLock(out var last));
        last.Dispose();
    }

    [Fact]
    public async Task WithoutTheLock_IsRefused()
    {
        using var gate = ProcessLock.Create();
        using var changed = ProcessCondition.Create();
        var over = gate.Lock();
        over.Dispose();
        Assert.Throws<SynchronizationLockException>(() => changed.NotifyAll(over));
        Assert.Throws<SynchronizationLockException>(() => changed.Wait(default));
        await Assert.ThrowsAsync<SynchronizationLockException>(() => changed.WaitAsync(over).AsTask());
    }

    [Fact]
    public async Task BetweenWorkers_EachGetsOne()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 });
        using var gate = ProcessLock.Create();
        using var changed = ProcessCondition.Create();
        using var stock = SharedArray<long>.Create(1);
        var waits = new[] { pool.SubmitAsync(SharedJobs.WaitNotified, (gate, changed, stock)), pool.SubmitAsync(SharedJobs.WaitNotified, (gate, changed, stock)) };
        for (int i = 0; i < 2; i++)
        {
            using var hold = await gate.LockAsync(SharedJobs.Limit);
            stock[0]++;
            changed.NotifyAll(hold);
        }
        await Task.WhenAll(waits).WaitAsync(SharedJobs.Limit);
        Assert.Equal(0, stock[0]);
    }
}
