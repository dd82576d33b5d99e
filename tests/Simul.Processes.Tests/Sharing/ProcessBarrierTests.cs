namespace Simul.Processes.Tests.Sharing;

public class ProcessBarrierTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public async Task LastArrival_LetsAllPass_WithAPlaceEach()
    {
        using var barrier = ProcessBarrier.Create(3);
        for (int phase = 0; phase < 3; phase++)
        {
            var first = barrier.SignalAndWaitAsync().AsTask();
            var second = Task.Run(() => barrier.SignalAndWait(SharedJobs.Limit));
            Assert.Equal(phase, barrier.CurrentPhase);
            int third = await barrier.SignalAndWaitAsync(SharedJobs.Limit);
            Assert.Equal([0, 1, 2], new[] { await first, await second, third }.Order());
        }
        Assert.Equal(3, barrier.CurrentPhase);
    }

    [Fact]
    public async Task GivenUp_TheArrivalIsTakenBack()
    {
        using var barrier = ProcessBarrier.Create(2);
        Assert.Throws<TimeoutException>(() => barrier.SignalAndWait(s_short));
        await Assert.ThrowsAsync<TimeoutException>(() => barrier.SignalAndWaitAsync(s_short).AsTask());
        using var cancel = new CancellationTokenSource();
        var cancelled = barrier.SignalAndWaitAsync(cancel.Token).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(SharedJobs.Limit));
        Assert.Equal(0, barrier.CurrentPhase);
        var first = barrier.SignalAndWaitAsync().AsTask();
        Assert.False(first.IsCompleted);
        Assert.Equal(1, barrier.SignalAndWait(SharedJobs.Limit));
        Assert.Equal(0, await first.WaitAsync(SharedJobs.Limit));
    }

    [Fact]
    public async Task AbortedOrReset_SendsTheWaitersAway()
    {
        using var barrier = ProcessBarrier.Create(2);
        var waiting = barrier.SignalAndWaitAsync().AsTask();
        barrier.Abort();
        await Assert.ThrowsAsync<BrokenBarrierException>(() => waiting.WaitAsync(SharedJobs.Limit));
        Assert.True(barrier.IsBroken);
        Assert.Throws<BrokenBarrierException>(() => barrier.SignalAndWait());
        barrier.Reset();
        Assert.False(barrier.IsBroken);
        waiting = barrier.SignalAndWaitAsync().AsTask();
        barrier.Reset();
        await Assert.ThrowsAsync<BrokenBarrierException>(() => waiting.WaitAsync(SharedJobs.Limit));
        waiting = barrier.SignalAndWaitAsync().AsTask();
        barrier.SignalAndWait(SharedJobs.Limit);
        await waiting.WaitAsync(SharedJobs.Limit);
    }

    [Fact]
    public async Task DisposedWhileWaiting_TheWaitEnds_AndTheArrivalIsTakenBack()
    {
        using var barrier = ProcessBarrier.Create(2);
        var other = Copies.Of(barrier);
        var waiting = other.SignalAndWaitAsync().AsTask();
        other.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => waiting.WaitAsync(SharedJobs.Limit));
        Assert.Throws<TimeoutException>(() => barrier.SignalAndWait(s_short));
    }

    [Fact]
    public async Task BetweenWorkers_PhasesKeepStep()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 });
        using var barrier = ProcessBarrier.Create(3);
        var workers = new[] { pool.SubmitAsync(SharedJobs.Arrive, (barrier, 200)), pool.SubmitAsync(SharedJobs.Arrive, (barrier, 200)) };
        int[] mine = await Task.Run(() => SharedJobs.Arrive((barrier, 200)));
        int[][] theirs = await Task.WhenAll(workers).WaitAsync(SharedJobs.Limit);
        for (int i = 0; i < 200; i++) Assert.Equal([0, 1, 2], new[] { mine[i], theirs[0][i], theirs[1][i] }.Order());
        Assert.Equal(200, barrier.CurrentPhase);
    }

    [Fact]
    public async Task WaiterKilled_HasNotCome()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        using var barrier = ProcessBarrier.Create(3);
        int pid = await pool.SubmitAsync(Jobs.ProcessId);
        var killed = pool.SubmitAsync(SharedJobs.Arrive, (barrier, 1));
        await Until.TrueAsync(() => Arrived(barrier) == 1, "the worker has come");
        Native.Kill(pid, 9);
        await Assert.ThrowsAsync<WorkerCrashedException>(() => killed);
        var first = barrier.SignalAndWaitAsync(SharedJobs.Limit).AsTask();
        await Until.TrueAsync(() => Arrived(barrier) == 1, "the dead one's arrival is taken back");
        var second = barrier.SignalAndWaitAsync(SharedJobs.Limit).AsTask();
        Assert.Equal(2, Arrived(barrier));
        var third = barrier.SignalAndWaitAsync(SharedJobs.Limit).AsTask();
        Assert.Equal([0, 1, 2], (await Task.WhenAll(first, second, third)).Order());
    }

    private static unsafe int Arrived(ProcessBarrier barrier) => new Simul.Processes.Sharing.BarrierState(barrier.Block.Content, barrier.Participants).CountArrived();
}
