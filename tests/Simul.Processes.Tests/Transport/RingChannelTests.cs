using System.Runtime.Versioning;
using Simul.Processes.Interop.Linux;
using Simul.Processes.Transport;

namespace Simul.Processes.Tests.Transport;

// Both ends in one process: what is shared is the memory, and that is the same.
[SupportedOSPlatform("linux")]
public class RingChannelTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    private static (RingChannel Parent, RingChannel Worker) Pair()
    {
        var parent = RingChannel.Create(out int descriptor);
        var worker = RingChannel.Open(descriptor);
        Assert.Equal(0, Libc.Close(descriptor));
        return (parent, worker);
    }

    private static Task OnThread(Action body) => Task.Factory.StartNew(body, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    // Sizes from one byte to several times the ring, with readers of any appetite; pauses of either side make it full and empty.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Bytes_OfAnySizes_ArriveWholeAndInOrder(int seed)
    {
        var (parent, worker) = Pair();
        using (parent)
        using (worker)
        {
            const int Rounds = 400;
            var sending = OnThread(() =>
            {
                var random = new Random(seed);
                byte next = 0;
                for (int i = 0; i < Rounds; i++)
                {
                    byte[] block = new byte[random.Next(20) == 0 ? random.Next(3 * RingChannel.Capacity) : random.Next(1, 300)];
                    foreach (ref byte b in block.AsSpan()) b = next++;
                    parent.Send(block, urgent: random.Next(2) == 0);
                    if (random.Next(10) == 0) Thread.Yield();
                }
                parent.Shutdown();
            });
            var receiving = OnThread(() =>
            {
                var random = new Random(seed + 100);
                byte[] buffer = new byte[2 * RingChannel.Capacity];
                byte next = 0;
                while (worker.Receive(buffer.AsSpan(0, random.Next(1, buffer.Length))) is var count and > 0)
                {
                    foreach (byte b in buffer.AsSpan(0, count)) Assert.Equal(next++, b);
                    if (random.Next(10) == 0) Thread.Yield();
                }
            });
            await Task.WhenAll(sending, receiving).WaitAsync(s_limit);
        }
    }

    // Each waits for the other in turn: a lost wake-up would hang it.
    [Fact]
    public async Task PingPong_NoWakeUpIsLost()
    {
        var (parent, worker) = Pair();
        using (parent)
        using (worker)
        {
            var echo = OnThread(() =>
            {
                byte[] one = new byte[1];
                while (worker.Receive(one) == 1) worker.Send(one, urgent: false);
            });
            await OnThread(() =>
            {
                byte[] one = new byte[1];
                for (int i = 0; i < 20_000; i++)
                {
                    one[0] = (byte)i;
                    parent.Send(one, urgent: false);
                    Assert.Equal(1, parent.Receive(one));
                    Assert.Equal((byte)i, one[0]);
                }
                parent.Shutdown();
            }).WaitAsync(s_limit);
            await echo.WaitAsync(s_limit);
        }
    }

    [Fact]
    public async Task Shutdown_WakesWhoeverWaits_WhatWasSentIsStillRead()
    {
        var (parent, worker) = Pair();
        using (parent)
        using (worker)
        {
            var full = OnThread(() => Assert.Throws<IOException>(() => parent.Send(new byte[2 * RingChannel.Capacity], urgent: false)));
            var empty = OnThread(() => Assert.Equal(0, parent.Receive(new byte[1])));
            var called = OnThread(() =>
            {
                int calls = 0;
                while (worker.WaitForCall()) calls++;
                Assert.NotEqual(0, calls); // the ring was full
            });
            Assert.True(SpinWait.SpinUntil(() => worker.HasMore, s_limit));
            worker.Shutdown();
            await Task.WhenAll(full, empty, called).WaitAsync(s_limit);
            int total = 0;
            while (worker.Receive(new byte[4096]) is var count and > 0) total += count;
            Assert.InRange(total, 1, RingChannel.Capacity);
        }
    }

    [Fact]
    public async Task Dispose_WhileSomebodyWaits_EndsTheWait()
    {
        var (parent, worker) = Pair();
        using (worker)
        {
            var waiting = OnThread(() => Assert.Equal(0, parent.Receive(new byte[1])));
            parent.Dispose();
            await waiting.WaitAsync(s_limit);
            Assert.Throws<IOException>(() => parent.Send(new byte[1], urgent: false));
            Assert.Equal(0, parent.Receive(new byte[1]));
            parent.Shutdown();
        }
    }

    [Fact]
    public async Task Call_ComesWithUrgentBytesAlone()
    {
        var (parent, worker) = Pair();
        using (parent)
        using (worker)
        {
            var called = OnThread(() => Assert.True(worker.WaitForCall()));
            parent.Send(new byte[10], urgent: false);
            Assert.True(worker.HasMore);
            Assert.False(called.IsCompleted); // nothing could have ended it
            parent.Send(new byte[10], urgent: true);
            await called.WaitAsync(s_limit);
            Assert.Equal(20, worker.Receive(new byte[100]));
            Assert.False(worker.HasMore);
        }
    }

    // The other side's memory is in ruins: the channel ends, and nothing is read or written outside of it.
    [Theory]
    [InlineData(long.MinValue)]
    [InlineData(long.MaxValue)]
    [InlineData(RingChannel.Capacity + 1)]
    public unsafe void CountsThatCannotBe_EndTheChannel(long nonsense)
    {
        using var parent = RingChannel.Create(out int descriptor);
        using var other = SharedRegion.Map(descriptor, SharedRegion.SizeOf(descriptor));
        Libc.Close(descriptor);
        *(long*)(other.Address + 64) = nonsense;                                         // what the worker says it has read
        *(long*)(other.Address + ByteRing.SizeFor(RingChannel.Capacity)) = nonsense;     // what it says it has written
        Assert.Throws<IOException>(() => parent.Send(new byte[10], urgent: false));
        Assert.Equal(0, parent.Receive(new byte[10]));
    }
}
