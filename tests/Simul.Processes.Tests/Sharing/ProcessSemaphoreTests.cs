namespace Simul.Processes.Tests.Sharing;

public class ProcessSemaphoreTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public async Task Permits_AreGivenOnce()
    {
        using var semaphore = ProcessSemaphore.Create(2);
        Assert.Equal((2, 2), (semaphore.Permits, semaphore.CurrentPermits));
        var first = semaphore.Wait();
        var second = await semaphore.WaitAsync();
        Assert.Equal(0, semaphore.CurrentPermits);
        Assert.False(semaphore.TryWait(out _));
        Assert.Throws<TimeoutException>(() => semaphore.Wait(s_short));
        var third = semaphore.WaitAsync().AsTask();
        await Assert.ThrowsAsync<TimeoutException>(() => semaphore.WaitAsync(s_short).AsTask());
        first.Dispose();
        Assert.Throws<InvalidOperationException>(first.Dispose);
        (await third.WaitAsync(SharedJobs.Limit)).Dispose();
        second.Dispose();
        Assert.Equal(2, semaphore.CurrentPermits);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-1)]
    [InlineData(10_001)]
    public void Create_WithSoManyPermits_IsRefused(int permits) => Assert.Throws<ArgumentOutOfRangeException>(() => ProcessSemaphore.Create(permits));

    [Fact]
    public async Task CancelledAndDisposed_TheWaitsEnd()
    {
        var semaphore = ProcessSemaphore.Create(1);
        var hold = semaphore.Wait();
        using var cancel = new CancellationTokenSource();
        var cancelled = semaphore.WaitAsync(cancel.Token).AsTask();
        var disposed = semaphore.WaitAsync().AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(SharedJobs.Limit));
        Assert.False(disposed.IsCompleted);
        semaphore.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed.WaitAsync(SharedJobs.Limit));
        hold.Dispose();
    }

    [Fact]
    public async Task Many_NeverMoreThanPermitted()
    {
        using var semaphore = ProcessSemaphore.Create(3);
        int inside = 0, most = 0;
        await Task.WhenAll(Enumerable.Range(0, 9).Select(i => Task.Run(async () =>
        {
            for (int n = 0; n < 100; n++)
            {
                using (i % 2 == 0 ? await semaphore.WaitAsync(SharedJobs.Limit) : semaphore.Wait(SharedJobs.Limit))
                {
                    int now = Interlocked.Increment(ref inside);
                    Assert.InRange(now, 1, 3);
                    if (now > most) most = now;
                    await Task.Yield();
                    Interlocked.Decrement(ref inside);
                }
            }
        })));
        Assert.InRange(most, 2, 3);
        Assert.Equal(3, semaphore.CurrentPermits);
    }

    [Fact]
    public async Task HolderKilled_ItsPermitComesBack()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        using var semaphore = ProcessSemaphore.Create(2);
        using var held = ProcessEvent.Create();
        int pid = await pool.SubmitAsync(Jobs.ProcessId);
        var holding = pool.SubmitAsync(SharedJobs.HoldPermitForEver, (semaphore, held));
        await held.WaitAsync(SharedJobs.Limit);
        using var mine = semaphore.Wait(SharedJobs.Limit);
        Assert.False(mine.WasAbandoned);
        var waiting = semaphore.WaitAsync(SharedJobs.Limit).AsTask();
        Native.Kill(pid, 9);
        using (var hold = await waiting.WaitAsync(SharedJobs.Limit)) Assert.True(hold.WasAbandoned);
        await Assert.ThrowsAsync<WorkerCrashedException>(() => holding);
        Assert.Equal(1, semaphore.CurrentPermits);
    }
}
