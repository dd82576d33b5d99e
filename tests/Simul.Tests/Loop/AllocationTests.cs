using System.Runtime.CompilerServices;

namespace Simul.Tests.Loop;

// Nothing is allocated where a loop spends its life. Warmed up until the code is compiled for good.
[Collection(nameof(AllocationTests))]
public class AllocationTests
{
    private const int Rounds = 20_000;

    // For what a measurement needs itself: a task or two.
    private const int Slack = 4096;

    private static void AllocatesNothing(Func<int, Task> rounds) => Run(async () =>
    {
        // Tiering takes a while on a busy machine: tried again until it is quiet, and a real allocation never is.
        long least = long.MaxValue;
        for (int i = 0; i < 40 && least > Slack; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            await rounds(Rounds);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.True(least <= Slack, $"{least} bytes in {Rounds} rounds");
    }, o => o with { Clock = new RunningClock() });

    [Fact]
    public void Yield_AllocatesNothing() => AllocatesNothing(static async n =>
    {
        for (int i = 0; i < n; i++) await EventLoop.Yield();
    });

    [Fact]
    public void Delay_AllocatesNothing() => AllocatesNothing(static async n =>
    {
        for (int i = 0; i < n; i++) await EventLoop.Delay(TimeSpan.FromTicks(10));
    });

    [Fact]
    public void Future_AwaitedWhenDone_AllocatesNothing() => AllocatesNothing(static async n =>
    {
        var future = new Future<int>();
        future.SetResult(1);
        for (int i = 0; i < n; i++) await future;
    });

    [Fact]
    public void CallSoon_AllocatesNothing() => AllocatesNothing(static async n =>
    {
        var loop = EventLoop.Current;
        for (int i = 0; i < n / 100; i++)
        {
            for (int c = 0; c < 100; c++) loop.CallSoon(static () => { });
            await EventLoop.Yield();
        }
    });

    [Fact]
    public void Yield_WithoutAContext_AllocatesNothing() => AllocatesNothing(static async n =>
    {
        for (int i = 0; i < n; i++) await EventLoop.Yield().ConfigureAwait(false);
    });

    [Fact]
    public void AsyncLock_Uncontended_AllocatesNothing()
    {
        var gate = new AsyncLock();
        AllocatesNothing(async n =>
        {
            for (int i = 0; i < n; i++)
            {
                using (await gate.LockAsync()) { }
            }
        });
    }

    [Fact]
    public void AsyncLock_HandedOver_AllocatesNothing()
    {
        var gate = new AsyncLock();
        AllocatesNothing(async n =>
        {
            var other = EventLoop.Current.Spawn(() => Take(n));
            await Take(n);
            await other;
        });

        async Task Take(int n)
        {
            for (int i = 0; i < n; i++)
            {
                using (await gate.LockAsync()) await EventLoop.Yield();
            }
        }
    }

    [Fact]
    public void AsyncSemaphore_AllocatesNothing()
    {
        var permits = new AsyncSemaphore(1);
        AllocatesNothing(async n =>
        {
            for (int i = 0; i < n; i++)
            {
                await permits.WaitAsync();
                permits.Release();
            }
        });
    }

    [Fact]
    public void AsyncSemaphore_HandedOver_AllocatesNothing()
    {
        var ping = new AsyncSemaphore(0);
        var pong = new AsyncSemaphore(0);
        AllocatesNothing(async n =>
        {
            var other = EventLoop.Current.Spawn(async () =>
            {
                for (int i = 0; i < n; i++)
                {
                    await ping.WaitAsync();
                    pong.Release();
                }
            });
            for (int i = 0; i < n; i++)
            {
                ping.Release();
                await pong.WaitAsync();
            }
            await other;
        });
    }

    [Theory]
    [InlineData(0, LoopChannelOrder.Fifo)]
    [InlineData(1, LoopChannelOrder.Fifo)]
    [InlineData(64, LoopChannelOrder.Lifo)]
    [InlineData(64, LoopChannelOrder.Priority)]
    [InlineData(null, LoopChannelOrder.Fifo)]
    public void LoopChannel_HandedOver_AllocatesNothing(int? capacity, LoopChannelOrder order)
    {
        var channel = new LoopChannel<int>(new LoopChannelOptions<int> { Capacity = capacity, Order = order });
        AllocatesNothing(async n =>
        {
            var writer = EventLoop.Current.Spawn(async () =>
            {
                for (int i = 0; i < n; i++) await channel.Writer.WriteAsync(i);
            });
            for (int i = 0; i < n; i++) await channel.Reader.ReadAsync();
            await writer;
        });
    }

    [Fact]
    public void LoopChannel_ReadAllAsync_AllocatesNothing()
    {
        var channel = LoopChannel.CreateBounded<string>(1);
        AllocatesNothing(async n =>
        {
            var writer = EventLoop.Current.Spawn(async () =>
            {
                for (int i = 0; i < n; i++) await channel.Writer.WriteAsync("item");
            });
            int left = n;
            await foreach (string _ in channel.Reader.ReadAllAsync())
            {
                if (--left == 0) break;
            }
            await writer;
        });
    }

    [Fact]
    public void LoopChannel_WaitTo_AllocatesNothing()
    {
        var channel = LoopChannel.CreateBounded<int>(1);
        AllocatesNothing(async n =>
        {
            var writer = EventLoop.Current.Spawn(async () =>
            {
                for (int i = 0; i < n; i++)
                {
                    await channel.Writer.WaitToWriteAsync();
                    channel.Writer.TryWrite(i);
                }
            });
            for (int i = 0; i < n; i++)
            {
                await channel.Reader.WaitToReadAsync();
                channel.Reader.TryRead(out _);
            }
            await writer;
        });
    }

    // Passes a millisecond whenever it is looked at: delays end without a wait.
    [Fact]
    public void Event_AutomaticBackAndForth_AllocatesNothing() => AllocatesNothing(static n =>
    {
        var (there, back) = (new AsyncEvent(EventResetMode.AutoReset), new AsyncEvent(EventResetMode.AutoReset));
        return TaskGroup.RunAsync(group =>
        {
            group.Spawn(async () =>
            {
                for (int i = 0; i < n; i++)
                {
                    await there.WaitAsync();
                    back.Set();
                }
            });
            group.Spawn(async () =>
            {
                for (int i = 0; i < n; i++)
                {
                    there.Set();
                    await back.WaitAsync();
                }
            });
            return Task.CompletedTask;
        });
    });

    [Fact]
    public void Barrier_LimiterAndReaderWriterLock_AllocateNothing() => AllocatesNothing(static n =>
    {
        var (barrier, limiter, gate) = (new AsyncBarrier(2), new CapacityLimiter(1), new AsyncReaderWriterLock());
        async Task Go(bool write)
        {
            for (int i = 0; i < n / 10; i++)
            {
                await barrier.SignalAndWaitAsync();
                using (await limiter.AcquireAsync()) await EventLoop.Yield();
                using (write ? await gate.WriteLockAsync() : await gate.ReadLockAsync()) await EventLoop.Yield();
            }
        }
        return TaskGroup.RunAsync(group =>
        {
            group.Spawn(() => Go(true));
            group.Spawn(() => Go(false));
            return Task.CompletedTask;
        });
    });

    private sealed class RunningClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => ++_now;
    }
}
