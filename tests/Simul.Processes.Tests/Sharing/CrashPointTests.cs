using Simul.Processes.Sharing;

namespace Simul.Processes.Tests.Sharing;

// The memory as somebody leaves it who dies between two steps. Each step is laid bare here; that they are all is DeathTests'
// business.
public class CrashPointTests
{
    private const int QueueOffset = 128;
    private static readonly ProcessIdentity s_dead = new(ProcessIdentity.Current.Started + 1, Environment.ProcessId);

    // Behind the change, in front of the wake-up.
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task DiedBeforeWaking_SleepersLookByThemselves(bool asynchronous)
    {
        using var flag = ProcessEvent.Create();
        var waiting = asynchronous ? flag.WaitAsync(SharedJobs.Limit).AsTask() : Task.Run(() => flag.Wait(SharedJobs.Limit));
        await Until.TrueAsync(() => SleepersOf(flag.Block) > 0, "it sleeps");
        SetSilently(flag.Block);
        await waiting.WaitAsync(SharedJobs.Limit);

        static unsafe int SleepersOf(SharedBlock block) => Volatile.Read(ref ((int*)block.Content)[1]);
        static unsafe void SetSilently(SharedBlock block) => Volatile.Write(ref ((int*)block.Content)[2], 1);
    }

    // Asleep: he is counted for ever.
    [Fact]
    public unsafe void DiedAsleep_OthersAreWokenAllTheSame()
    {
        using var flag = ProcessEvent.Create();
        ((int*)flag.Block.Content)[1] = 5;
        var waiting = Task.Run(() => flag.Wait(SharedJobs.Limit));
        flag.Set();
        Assert.True(waiting.Wait(SharedJobs.Limit));
    }

    // With the queue's lock, and half a block copied in behind the last one.
    [Fact]
    public unsafe void DiedWhilePutting_TheQueueIsAsItWas()
    {
        using var queue = ProcessQueue<int[]>.Create(bytes: 1000);
        queue.Put([1, 2, 3]);
        byte* start = queue.Block.Content + QueueOffset;
        *(ulong*)start = s_dead.Word;
        new Span<byte>(start + ByteQueue.HeadSize + 40, 500).Fill(0xAB);
        // The state that does not hold may have been written as well.
        long version = *(long*)(start + 192);
        new Span<byte>(start + 256 + ((version + 1) & 1) * 64, sizeof(ByteQueue.State)).Fill(0xCD);
        queue.Put([4]);
        Assert.Equal(2, queue.Count);
        Assert.Equal([1, 2, 3], queue.Take(SharedJobs.Limit));
        Assert.Equal([4], queue.Take(SharedJobs.Limit));
        *(ulong*)start = s_dead.Word;
        Assert.Throws<TimeoutException>(() => queue.Take(TimeSpan.FromMilliseconds(1)));
        queue.Put([5]);
        *(ulong*)start = s_dead.Word;
        Assert.Equal([5], queue.Take(SharedJobs.Limit));
    }

    [Fact]
    public unsafe void DiedWhileUpdating_TheValueIsAsItWas()
    {
        using var value = SharedValue<SharedJobs.Pair>.Create(new(1, -1, 0));
        byte* start = value.Block.Content;
        *(ulong*)start = s_dead.Word;
        long version = *(long*)(start + RobustLock.Size);
        new Span<byte>(start + RobustLock.Size + 64 + ((version + 1) & 1) * 64, 12).Fill(0xEF);
        Assert.Equal(new SharedJobs.Pair(1, -1, 0), value.Value);
        Assert.Equal(new SharedJobs.Pair(2, -2, 1), value.Update(p => new(p.Plus + 1, p.Minus - 1, p.Odd + 1)));
    }

    // With the number of the hold written back, and the lock not yet given back.
    [Fact]
    public unsafe void DiedWhileReleasing_TheLockIsAbandoned()
    {
        using var gate = ProcessLock.Create();
        gate.Lock().Dispose();
        *(ulong*)gate.Block.Content = s_dead.Word;
        using var hold = gate.Lock(SharedJobs.Limit);
        Assert.True(hold.WasAbandoned);
        Assert.False(gate.TryLock(out _));
    }

    // A place taken, by one who then died with the barrier's lock.
    [Fact]
    public unsafe void DiedWhileArriving_HasNotCome()
    {
        using var barrier = ProcessBarrier.Create(2);
        byte* start = barrier.Block.Content;
        *(ulong*)start = s_dead.Word;
        *(ulong*)(start + BarrierState.HeadSize) = s_dead.Word;
        Assert.Throws<TimeoutException>(() => barrier.SignalAndWait(TimeSpan.FromMilliseconds(100)));
        var other = Task.Run(() => barrier.SignalAndWait(SharedJobs.Limit));
        int mine = barrier.SignalAndWait(SharedJobs.Limit);
        Assert.Equal(1, mine + other.Result);
    }

    // Nobody has looked since; the next one to come must not pass with him.
    [Fact]
    public unsafe void DiedWaiting_IsNotCounted()
    {
        using var barrier = ProcessBarrier.Create(2);
        *(ulong*)(barrier.Block.Content + BarrierState.HeadSize) = s_dead.Word;
        Assert.Throws<TimeoutException>(() => barrier.SignalAndWait(TimeSpan.Zero));
        Assert.Equal(0, barrier.CurrentPhase);
    }
}
