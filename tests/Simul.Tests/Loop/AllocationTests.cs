using System.Runtime.CompilerServices;

namespace Simul.Tests.Loop;

// Nothing is allocated where a loop spends its life. Warmed up until the code is compiled for good.
[Collection(nameof(AllocationTests))]
public partial class AllocationTests
{
    private const int Rounds = 20_000;

    // For what a measurement needs itself: a task or two.
    private const int Slack = 4096;

    private static void AllocatesNothing(Func<int, Task> rounds, long allowed = 0, TimeProvider? clock = null) => Run(async () =>
    {
        // Tiering takes a while on a busy machine: tried again until it is quiet, and a real allocation never is.
        long least = long.MaxValue;
        for (int i = 0; i < 40 && least > Slack; i++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            await rounds(Rounds);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before - allowed);
        }
        Assert.True(least <= Slack, $"{least} bytes in {Rounds} rounds");
    }, o => o with { Clock = clock ?? new RunningClock() });

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
    public void Delay_ThatWaits_AllocatesNothing() => AllocatesNothing(static async n =>
    {
        for (int i = 0; i < n; i++) await EventLoop.Delay(TimeSpan.FromMilliseconds(20));
    }, clock: new JumpingClock());

    [Fact]
    public void Generator_YieldAndDelay_AllocateNothing() => AllocatesNothing(static n =>
    {
        return Generator.RunAsync(Steps(n));

        static IEnumerable<Suspend> Steps(int n)
        {
            for (int i = 0; i < n / 2; i++)
            {
                yield return Suspend.Yield;
                yield return Suspend.Delay(TimeSpan.FromTicks(10));
            }
        }
    });

    // Counted on both of its threads: the loop's, and its own.
    [Fact]
    public void Greenlet_YieldDelayAndLock_AllocateNothing()
    {
        var gate = new AsyncLock();
        long inside = long.MaxValue;
        AllocatesNothing(n => Greenlet.RunAsync(() =>
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < n / 10; i++)
            {
                Greenlet.Yield();
                Greenlet.Delay(TimeSpan.FromTicks(10));
                using (Greenlet.Await(gate.LockAsync())) Greenlet.Yield();
            }
            inside = Math.Min(inside, GC.GetAllocatedBytesForCurrentThread() - before);
        }));
        Assert.True(inside <= Slack, $"{inside} bytes on the greenlet's thread");
    }

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
    public void AsyncLock_SeveralInLine_AllocatesNothing()
    {
        var gate = new AsyncLock();
        AllocatesNothing(async n =>
        {
            var others = new LoopTask[3];
            for (int i = 0; i < others.Length; i++) others[i] = EventLoop.Current.Spawn(() => Take(n / 4));
            await Take(n / 4);
            foreach (var other in others) await other;
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

    [Fact]
    public void Gather_OfWhatIsThere_AllocatesItsResultAlone()
    {
        long array = GC.GetAllocatedBytesForCurrentThread();
        int[] result = new int[3];
        array = GC.GetAllocatedBytesForCurrentThread() - array;
        AllocatesNothing(async n =>
        {
            for (int i = 0; i < n; i++) result = await EventLoop.GatherAsync(new ValueTask<int>(1), new ValueTask<int>(2), new ValueTask<int>(i));
        }, allowed: array * Rounds);
        Assert.Equal(3, result.Length);
    }

    [Fact]
    public void Gather_WithoutResults_OfWhatIsThere_AllocatesNothing() => AllocatesNothing(static async n =>
    {
        for (int i = 0; i < n; i++) await EventLoop.GatherAsync(default(ValueTask), default(ValueTask));
    });

    [Fact]
    public void Gather_OfATupleThatIsThere_AllocatesNothing() => AllocatesNothing(static async n =>
    {
        for (int i = 0; i < n; i++) await EventLoop.GatherAsync((new ValueTask<int>(1), new ValueTask<string>("a")));
    });

    [Fact]
    public void Ticks_AllocateNothing() => AllocatesNothing(static async n =>
    {
        int seen = 0;
        await foreach (var _ in EventLoop.Ticks(TimeSpan.FromMilliseconds(20)))
        {
            if (++seen == n) break;
        }
    }, clock: new JumpingClock());

    [Fact]
    public void CallEvery_AllocatesNothing() => AllocatesNothing(static async n =>
    {
        int calls = 0;
        var handle = EventLoop.Current.CallEvery(TimeSpan.FromMilliseconds(20), () => calls++);
        while (calls < n) await EventLoop.Delay(TimeSpan.FromMilliseconds(500));
        handle.Cancel();
    }, clock: new JumpingClock());

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
    private sealed class RunningClock : TimeProvider
    {
        private long _now;

        public override long TimestampFrequency => 1000;

        public override long GetTimestamp() => ++_now;
    }

    // Stands still, and jumps where somebody waits for it.
    private sealed class JumpingClock : TimeProvider, ITimer
    {
        private long _now;

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => _now;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _now += dueTime.Ticks;
            callback(state);
            return this;
        }

        public bool Change(TimeSpan dueTime, TimeSpan period) => true;

        public void Dispose()
        {
        }

        public ValueTask DisposeAsync() => default;
    }
}
