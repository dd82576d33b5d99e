using Simul.Processes.Sharing;

namespace Simul.Processes.Tests.Sharing;

public class ProcessLockTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public void Held_NobodyElseHasIt()
    {
        using var gate = ProcessLock.Create();
        var hold = gate.Lock();
        Assert.False(gate.TryLock(out var none));
        Assert.False(none.IsHeld);
        Assert.Throws<TimeoutException>(() => gate.Lock(TimeSpan.Zero));
        Assert.Throws<TimeoutException>(() => gate.Lock(s_short));
        hold.Dispose();
        Assert.True(gate.TryLock(out var next));
        Assert.True(next.IsHeld);
        Assert.False(next.WasAbandoned);
        next.Dispose();
    }

    [Fact]
    public async Task LockAsync_Waits_AndGetsItAtTheRelease()
    {
        using var gate = ProcessLock.Create();
        var hold = await gate.LockAsync();
        var second = gate.LockAsync().AsTask();
        await Assert.ThrowsAsync<TimeoutException>(() => gate.LockAsync(s_short).AsTask());
        Assert.False(second.IsCompleted);
        hold.Dispose();
        (await second.WaitAsync(SharedJobs.Limit)).Dispose();
        Assert.True(gate.TryLock(out hold));
        hold.Dispose();
    }

    [Fact]
    public void NegativeTimeout_IsRefused()
    {
        using var gate = ProcessLock.Create();
        Assert.Throws<ArgumentOutOfRangeException>(() => gate.LockAsync(TimeSpan.FromMilliseconds(-2)));
        using var hold = gate.Lock();
        Assert.Throws<ArgumentOutOfRangeException>(() => gate.Lock(TimeSpan.FromMilliseconds(-2)));
    }

    [Fact]
    public async Task LongestTimeout_IsNoLimit()
    {
        using var gate = ProcessLock.Create();
        var hold = gate.Lock(TimeSpan.MaxValue);
        var waiting = gate.LockAsync(TimeSpan.MaxValue).AsTask();
        Assert.False(waiting.IsCompleted);
        hold.Dispose();
        (await waiting.WaitAsync(SharedJobs.Limit)).Dispose();
    }

    [Fact]
    public async Task Cancelled_GivesUp_AndLosesNothing()
    {
        using var gate = ProcessLock.Create();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => gate.LockAsync(new CancellationToken(true)).AsTask());
        Assert.Throws<OperationCanceledException>(() => gate.Lock(new CancellationToken(true)));
        var hold = gate.Lock();
        using var cancel = new CancellationTokenSource();
        var asynchronous = gate.LockAsync(cancel.Token).AsTask();
        var blocked = Task.Factory.StartNew(() => gate.Lock(cancel.Token), TaskCreationOptions.LongRunning);
        cancel.CancelAfter(s_short);
        var first = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asynchronous.WaitAsync(SharedJobs.Limit));
        Assert.Equal(cancel.Token, first.CancellationToken);
        var second = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => blocked.WaitAsync(SharedJobs.Limit));
        Assert.Equal(cancel.Token, second.CancellationToken);
        hold.Dispose();
        Assert.True(gate.TryLock(out hold));
        hold.Dispose();
    }

    [Fact]
    public async Task DisposedWhileWaiting_TheWaitsEnd()
    {
        var gate = ProcessLock.Create();
        var hold = gate.Lock();
        var asynchronous = gate.LockAsync().AsTask();
        var blocked = Task.Factory.StartNew(() => gate.Lock(), TaskCreationOptions.LongRunning);
        await Until.TrueAsync(() => blocked.Status == TaskStatus.Running, "the thread runs");
        gate.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => asynchronous.WaitAsync(SharedJobs.Limit));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => blocked.WaitAsync(SharedJobs.Limit));
        Assert.Throws<ObjectDisposedException>(() => gate.TryLock(out _));
        hold.Dispose(); // its memory is still there
    }

    [Fact]
    public void Hold_ReleasedTwice_IsRefused()
    {
        using var gate = ProcessLock.Create();
        var hold = gate.Lock();
        hold.Dispose();
        Assert.Throws<InvalidOperationException>(hold.Dispose);
        using var next = gate.Lock();
        Assert.Throws<InvalidOperationException>(hold.Dispose);
        Assert.False(gate.TryLock(out _));
    }

    [Fact]
    public async Task ManyThreadsAndTasks_ExcludeEachOther()
    {
        using var gate = ProcessLock.Create();
        int inside = 0, count = 0;
        await Task.WhenAll(Enumerable.Range(0, 8).Select(i => Task.Run(async () =>
        {
            for (int n = 0; n < 300; n++)
            {
                using (i % 2 == 0 ? await gate.LockAsync(SharedJobs.Limit) : gate.Lock(SharedJobs.Limit))
                {
                    Assert.Equal(1, Interlocked.Increment(ref inside));
                    count++;
                    Interlocked.Decrement(ref inside);
                }
            }
        })));
        Assert.Equal(2400, count);
    }

    // 300 waits at 200 locks: more words than one thread can sleep on.
    [Fact]
    public async Task ManyLocks_WaitAtOnce()
    {
        var gates = Enumerable.Range(0, 200).Select(_ => ProcessLock.Create()).ToArray();
        var holds = gates.Select(g => g.Lock()).ToArray();
        var waits = gates.Concat(gates[..100]).Select(g => TakeAndRelease(g)).ToArray();
        Assert.DoesNotContain(waits, w => w.IsCompleted);
        foreach (var hold in holds) hold.Dispose();
        await Task.WhenAll(waits).WaitAsync(SharedJobs.Limit);
        foreach (var gate in gates) gate.Dispose();

        static async Task TakeAndRelease(ProcessLock gate)
        {
            using (await gate.LockAsync()) await Task.Yield();
        }
    }

    [Fact]
    public void OnALoop_TheWaitComesBackToIt()
    {
        using var gate = ProcessLock.Create();
        EventLoop.Run(async () =>
        {
            var loop = EventLoop.Current;
            var hold = gate.Lock();
            var waiting = EventLoop.Current.Spawn(async () =>
            {
                using (await gate.LockAsync(SharedJobs.Limit)) Assert.Same(loop, EventLoop.Current);
            });
            await EventLoop.Delay(TimeSpan.FromMilliseconds(5));
            hold.Dispose();
            await waiting;
        });
    }

    [Fact]
    public async Task BetweenWorkers_TheyExcludeEachOther()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 });
        using var gate = ProcessLock.Create();
        using var array = SharedArray<long>.Create(1);
        var work = new[] { pool.SubmitAsync(SharedJobs.AddUnderLock, (gate, array, 2000)), pool.SubmitAsync(SharedJobs.AddUnderLock, (gate, array, 2000)) };
        SharedJobs.AddUnderLock((gate, array, 2000));
        await Task.WhenAll(work).WaitAsync(SharedJobs.Limit);
        Assert.Equal(6000, array[0]);
        var loops = new[] { pool.SubmitAsync(SharedJobs.AddUnderLockAsync, (gate, array, 500)), pool.SubmitAsync(SharedJobs.AddUnderLockAsync, (gate, array, 500)) };
        await Task.WhenAll(loops).WaitAsync(SharedJobs.Limit);
        Assert.Equal(7000, array[0]);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task HolderKilled_TheNextOneIsTold(bool asynchronous)
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        using var gate = ProcessLock.Create();
        using var held = ProcessEvent.Create();
        int pid = await pool.SubmitAsync(Jobs.ProcessId);
        var holding = pool.SubmitAsync(SharedJobs.HoldForEver, (gate, held));
        await held.WaitAsync(SharedJobs.Limit);
        var waiting = asynchronous ? gate.LockAsync(SharedJobs.Limit).AsTask() : Task.Run(() => gate.Lock(SharedJobs.Limit));
        Native.Kill(pid, 9);
        using (var hold = await waiting.WaitAsync(SharedJobs.Limit)) Assert.True(hold.WasAbandoned);
        using (var hold = gate.Lock()) Assert.False(hold.WasAbandoned);
        await Assert.ThrowsAsync<WorkerCrashedException>(() => holding);
    }

    [Fact]
    public async Task HolderDead_TryLockGetsIt()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        using var gate = ProcessLock.Create();
        using var held = ProcessEvent.Create();
        int pid = await pool.SubmitAsync(Jobs.ProcessId);
        var holding = pool.SubmitAsync(SharedJobs.HoldForEver, (gate, held));
        await held.WaitAsync(SharedJobs.Limit);
        Assert.False(gate.TryLock(out _));
        Native.Kill(pid, 9);
        await Assert.ThrowsAsync<WorkerCrashedException>(() => holding);
        Assert.True(gate.TryLock(out var hold));
        Assert.True(hold.WasAbandoned);
        hold.Dispose();
    }

    // A holder that did not write its name itself: as one that died between any two of its steps.
    [Fact]
    public unsafe void OwnerThatNeverWas_IsTakenForDead()
    {
        using var gate = ProcessLock.Create();
        var reused = new ProcessIdentity(ProcessIdentity.Current.Started + 1, Environment.ProcessId);
        Assert.False(reused.IsAlive());
        *(ulong*)gate.Block.Content = reused.Word;
        using var hold = gate.Lock(SharedJobs.Limit);
        Assert.True(hold.WasAbandoned);
    }
}
