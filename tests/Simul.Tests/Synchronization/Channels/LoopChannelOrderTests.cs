namespace Simul.Tests.Synchronization.Channels;

// Which item comes next, and what options make no channel.
public class LoopChannelOrderTests
{
    private static List<T> TakeAll<T>(LoopChannel<T> channel)
    {
        List<T> got = [];
        while (channel.Reader.TryPeek(out var next))
        {
            Assert.True(channel.Reader.TryRead(out var item));
            Assert.Equal(next, item);
            got.Add(item);
        }
        return got;
    }

    private static void WriteAll<T>(LoopChannel<T> channel, IEnumerable<T> items) => Assert.All(items, item => Assert.True(channel.Writer.TryWrite(item)));

    [Fact]
    public void Fifo_GrowingAndWrappingRound_KeepsTheOrder() => Run(() =>
    {
        var channel = LoopChannel.CreateUnbounded<string>();
        int written = 0, read = 0;
        // Grows while its beginning stands in the middle of the ring, at every size.
        for (int round = 1; round < 60; round++)
        {
            for (int i = 0; i < round; i++) Assert.True(channel.Writer.TryWrite($"{written++}"));
            for (int i = 0; i < round - round / 3; i++)
            {
                Assert.True(channel.Reader.TryRead(out string? item));
                Assert.Equal($"{read++}", item);
            }
        }
        Assert.Equal(Enumerable.Range(read, written - read).Select(n => $"{n}"), TakeAll(channel));
        return Task.CompletedTask;
    });

    [Fact]
    public void Lifo_GivesOutTheNewest() => Run(() =>
    {
        var channel = new LoopChannel<int>(new LoopChannelOptions<int> { Order = LoopChannelOrder.Lifo });
        WriteAll(channel, [1, 2, 3]);
        Assert.True(channel.Reader.TryRead(out int item) && item == 3);
        WriteAll(channel, [4, 5]);
        Assert.Equal([5, 4, 2, 1], TakeAll(channel));
        return Task.CompletedTask;
    });

    [Fact]
    public void Priority_GivesOutTheSmallest_EqualsInTheOrderInWhichTheyCame() => Run(() =>
    {
        var dice = SchedulingPolicy.SeededRandom(7);
        for (int round = 0; round < 50; round++)
        {
            var channel = LoopChannel.CreateUnboundedPrioritized(Comparer<(int Key, int Number)>.Create((x, y) => x.Key.CompareTo(y.Key)));
            List<(int Key, int Number)> held = [];
            for (int n = 0; n < 100; n++)
            {
                if (dice.Next(3) == 0 && held.Count > 0)
                {
                    var expected = held.MinBy(i => (i.Key, i.Number));
                    held.Remove(expected);
                    Assert.True(channel.Reader.TryRead(out var item));
                    Assert.Equal(expected, item);
                }
                else
                {
                    held.Add((dice.Next(5), n));
                    WriteAll(channel, [held[^1]]);
                }
            }
            Assert.Equal(held.OrderBy(i => i.Key).ThenBy(i => i.Number), TakeAll(channel));
        }
        return Task.CompletedTask;
    });

    [Fact]
    public void Priority_ItsOwnOrder_NeedsNoComparer() => Run(() =>
    {
        var channel = LoopChannel.CreateUnboundedPrioritized<string>(name: "by letter");
        WriteAll(channel, ["c", "a", "b"]);
        Assert.Equal(["a", "b", "c"], TakeAll(channel));
        return Task.CompletedTask;
    });

    // A waiting writer's item takes its place among the others when it comes in, not before.
    [Fact]
    public void Priority_Full_WritersComeInInTheirOwnOrder() => Run(async () =>
    {
        var channel = new LoopChannel<int>(new LoopChannelOptions<int> { Capacity = 2, Order = LoopChannelOrder.Priority });
        WriteAll(channel, [5, 6]);
        await TaskGroup.RunAsync(async group =>
        {
            foreach (int item in new[] { 9, 1 })
            {
                group.Spawn(async () => await channel.Writer.WriteAsync(item));
                await Settle();
            }
            Assert.Equal([5, 6, 1, 9], TakeAll(channel));
        });
    });

    [Fact]
    public void Priority_TheComparerThrows_NothingIsLostButItsItem() => Run(async () =>
    {
        List<int> undelivered = [];
        var comparer = Comparer<int>.Create((x, y) => x == 13 || y == 13 ? throw new FormatException("unlucky") : x.CompareTo(y));
        var channel = new LoopChannel<int>(new LoopChannelOptions<int> { Capacity = 3, Order = LoopChannelOrder.Priority, Comparer = comparer, Undelivered = undelivered.Add });
        WriteAll(channel, [3, 1]);
        Assert.Throws<FormatException>(() => channel.Writer.TryWrite(13));
        await Raises<FormatException>(async () => await channel.Writer.WriteAsync(13));
        await channel.Writer.WriteAsync(2);
        await TaskGroup.RunAsync(async group =>
        {
            // In line it is the writer that fails, not the reader who made room, and the next one has the room.
            group.Spawn(async () => await Raises<FormatException>(async () => await channel.Writer.WriteAsync(13)));
            await Settle();
            group.Spawn(async () => await channel.Writer.WriteAsync(4));
            await Settle();
            Assert.Equal(1, await channel.Reader.ReadAsync());
        });
        Assert.Equal([2, 3, 4], TakeAll(channel));
        await Settle();
        Assert.Equal([13, 13], undelivered);
    });

    [Fact]
    public void Options_ThatMakeNoChannel_Throw()
    {
        Says(Assert.Throws<ArgumentOutOfRangeException>(() => LoopChannel.CreateBounded<int>(-1)), "fewer than 0");
        Assert.Throws<ArgumentOutOfRangeException>(() => new LoopChannelOptions<int> { Order = (LoopChannelOrder)9 });
        Says(Assert.Throws<ArgumentException>(() => new LoopChannel<int>(new LoopChannelOptions<int> { Capacity = 0, Order = LoopChannelOrder.Lifo })), "holds no items");
        Says(Assert.Throws<ArgumentException>(() => new LoopChannel<int>(new LoopChannelOptions<int> { Comparer = Comparer<int>.Default })), "Priority");
        Assert.Throws<ArgumentNullException>(() => new LoopChannel<int>(null!));
    }

    [Fact]
    public void Factories_MakeWhatTheySay()
    {
        Assert.Equal((5, "a"), LoopChannel.CreateBounded<int>(5, "a") is var bounded ? (bounded.GetStatistics().Capacity, bounded.Name) : default);
        Assert.Equal((null, "b"), LoopChannel.CreateUnbounded<int>("b") is var unbounded ? (unbounded.GetStatistics().Capacity, unbounded.Name) : default);
        Assert.Equal((0, "c"), LoopChannel.CreateRendezvous<int>("c") is var rendezvous ? (rendezvous.GetStatistics().Capacity, rendezvous.Name) : default);
        Assert.Null(LoopChannel.CreateUnboundedPrioritized<int>().GetStatistics().Capacity);
    }
}
