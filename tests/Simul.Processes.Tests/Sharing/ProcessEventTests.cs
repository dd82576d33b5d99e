using Simul.Processes.Sharing;

namespace Simul.Processes.Tests.Sharing;

public class ProcessEventTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public async Task Set_LetsAllPass_UntilReset()
    {
        using var flag = ProcessEvent.Create();
        Assert.False(flag.IsSet);
        Assert.Throws<TimeoutException>(() => flag.Wait(TimeSpan.Zero));
        Assert.Throws<TimeoutException>(() => flag.Wait(s_short));
        await Assert.ThrowsAsync<TimeoutException>(() => flag.WaitAsync(s_short).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => flag.WaitAsync(TimeSpan.FromSeconds(-2)).AsTask());
        var waits = Enumerable.Range(0, 10).Select(i => i % 2 == 0 ? flag.WaitAsync().AsTask() : Task.Run(() => flag.Wait())).ToArray();
        flag.Set();
        await Task.WhenAll(waits).WaitAsync(SharedJobs.Limit);
        flag.Set();
        Assert.True(flag.IsSet);
        flag.Wait();
        await flag.WaitAsync();
        flag.Reset();
        await Assert.ThrowsAsync<TimeoutException>(() => flag.WaitAsync(TimeSpan.Zero).AsTask());
        using var set = ProcessEvent.Create(isSet: true);
        set.Wait();
    }

    [Fact]
    public async Task CancelledAndDisposed_TheWaitsEnd()
    {
        var flag = ProcessEvent.Create();
        using var cancel = new CancellationTokenSource();
        var cancelled = flag.WaitAsync(cancel.Token).AsTask();
        var blocked = Task.Run(() => flag.Wait(cancel.Token));
        var disposed = flag.WaitAsync().AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(SharedJobs.Limit));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked.WaitAsync(SharedJobs.Limit));
        flag.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed.WaitAsync(SharedJobs.Limit));
        Assert.Throws<ObjectDisposedException>(() => flag.IsSet);
    }

    [Fact]
    public async Task BetweenWorkers_OneSetWakesAll()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 });
        using var go = ProcessEvent.Create();
        var blocked = pool.SubmitAsync(SharedJobs.WaitForEvent, go);
        var many = Enumerable.Range(0, 20).Select(i => pool.SubmitAsync(SharedJobs.WaitForEventAsync, (go, i))).ToArray();
        go.Set();
        await blocked.WaitAsync(SharedJobs.Limit);
        Assert.Equal(Enumerable.Range(0, 20), await Task.WhenAll(many).WaitAsync(SharedJobs.Limit));
    }

    // As on a kernel without futex_waitv.
    [Fact]
    public async Task WithoutVectors_WaitsEndAllTheSame()
    {
        SharedWait.ForcesPolling = true;
        try
        {
            using var flag = ProcessEvent.Create();
            using var cancel = new CancellationTokenSource();
            var waits = new[] { flag.WaitAsync().AsTask(), Task.Run(() => flag.Wait(new CancellationTokenSource().Token)) };
            var cancelled = Task.Run(() => flag.Wait(cancel.Token));
            cancel.CancelAfter(s_short);
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(SharedJobs.Limit));
            flag.Set();
            await Task.WhenAll(waits).WaitAsync(SharedJobs.Limit);
        }
        finally
        {
            SharedWait.ForcesPolling = false;
        }
    }
}
