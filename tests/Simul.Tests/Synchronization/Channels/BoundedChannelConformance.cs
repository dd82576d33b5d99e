using System.Threading.Channels;

namespace Simul.Tests.Synchronization.Channels;

// What channels keep that can be full: writers wait.
public abstract class BoundedChannelConformance : LoopChannelConformance
{
    // The channel full, and writers in line with the items 10, 11, ...
    private async Task<List<LoopTask>> CrowdAsync(TaskGroup group, LoopChannel<int> channel, int writers)
    {
        Assert.Equal(Kind.Capacity, Fill(channel, 100).Count);
        List<LoopTask> tasks = [];
        for (int w = 0; w < writers; w++)
        {
            int item = 10 + w;
            tasks.Add(group.Spawn(async () => await channel.Writer.WriteAsync(item)));
            await Settle();
        }
        Assert.Equal((Kind.Capacity, writers), channel.GetStatistics() is var s ? (s.CurrentItems, s.CurrentWriters) : default);
        return tasks;
    }

    [Fact]
    public void WriteAsync_Full_WaitersComeInInOrder() => Run(async () =>
    {
        var channel = Create();
        await TaskGroup.RunAsync(async group =>
        {
            var writers = await CrowdAsync(group, channel, 3);
            List<int> got = [];
            for (int i = 0; i < 3; i++)
            {
                Assert.True(channel.Reader.TryRead(out int item));
                got.Add(item);
                await Settle();
                // Each read lets exactly one in, the one that came first; nobody else gets the room.
                Assert.Equal([.. Enumerable.Range(0, 3).Select(w => w <= i)], writers.Select(w => w.IsCompleted));
                Assert.Equal(Kind.Capacity, channel.Reader.Count);
            }
            Assert.False(Kind.Capacity > 0 && channel.Writer.TryWrite(99));
            channel.Writer.Complete();
            got.AddRange(await DrainAsync(channel));
            Assert.Equal([.. Enumerable.Range(0, (int)Kind.Capacity!), 10, 11, 12], got.Order());
        });
    });

    // A80, A87: the one who gives up takes its item back, and those behind it move up.
    [Fact]
    public void WriteAsync_Cancelled_WithdrawsItsItem() => Run(async () =>
    {
        var channel = Create();
        await TaskGroup.RunAsync(async group =>
        {
            var writers = await CrowdAsync(group, channel, 4);
            writers[0].Cancel();
            writers[2].Cancel();
            Assert.Equal(2, channel.GetStatistics().CurrentWriters);
            await Settle();
            Assert.Equal([10, 12], Undelivered.Order());
            List<int> got = [];
            while (channel.Reader.TryRead(out int item)) got.Add(item);
            Assert.Equal([.. Enumerable.Range(0, (int)Kind.Capacity!), 11, 13], got.Order());
        });
        Assert.Equal(2, channel.GetStatistics().TotalUndelivered);
    });

    // A80, by C2: its item is in, so the write has succeeded.
    [Fact]
    public void WriteAsync_CancelledAfterItCameIn_HasWritten() => Run(async () =>
    {
        var channel = Create();
        await TaskGroup.RunAsync(async group =>
        {
            bool written = false;
            Assert.Equal(Kind.Capacity, Fill(channel, 100).Count);
            var writer = group.Spawn(async () =>
            {
                await channel.Writer.WriteAsync(10);
                written = true;
            });
            await Settle();
            Assert.True(channel.Reader.TryRead(out _));
            writer.Cancel();
            await Settle();
            Assert.True(written);
        });
        Assert.Empty(Undelivered);
        Assert.Equal(channel.GetStatistics().TotalWritten, channel.GetStatistics().TotalRead + Kind.Capacity);
    });

    [Fact]
    public void WriteAsync_ItsTokenIsCancelled_WithdrawsItsItem() => Run(async () =>
    {
        var channel = Create();
        using var source = new CancellationTokenSource();
        await TaskGroup.RunAsync(async group =>
        {
            await CrowdAsync(group, channel, 0);
            group.Spawn(async () => Assert.Equal(source.Token, (await Raises<OperationCanceledException>(async () => await channel.Writer.WriteAsync(10, source.Token))).CancellationToken));
            group.Spawn(async () => await Raises<OperationCanceledException>(async () => await channel.Writer.WaitToWriteAsync(source.Token)));
            await Settle();
            Assert.Equal(2, channel.GetStatistics().CurrentWriters);
            source.Cancel();
            Assert.Equal(0, channel.GetStatistics().CurrentWriters);
            await Settle();
            Assert.Equal([10], Undelivered);
        });
    });

    // A81, A87
    [Fact]
    public void TryComplete_WritersWait_FailAtOnce() => Run(async () =>
    {
        var channel = Create();
        await TaskGroup.RunAsync(async group =>
        {
            await CrowdAsync(group, channel, 0);
            for (int w = 0; w < 2; w++)
            {
                int item = 10 + w;
                group.Spawn(async () => await Raises<ChannelClosedException>(async () => await channel.Writer.WriteAsync(item)));
            }
            group.Spawn(async () => Assert.False(await channel.Writer.WaitToWriteAsync()));
            await Settle();
            channel.Writer.Complete();
            Assert.Equal(0, channel.GetStatistics().CurrentWriters);
        });
        Assert.Equal([10, 11], Undelivered.Order());
        Assert.Equal(Kind.Capacity, (await DrainAsync(channel)).Count);
    });

    [Fact]
    public void WaitToWriteAsync_RoomComes_AllWhoWaitHearOfIt() => Run(async () =>
    {
        var channel = Create();
        int told = 0, wrote = 0;
        await TaskGroup.RunAsync(async group =>
        {
            await CrowdAsync(group, channel, 0);
            for (int w = 0; w < 3; w++)
            {
                group.Spawn(async () =>
                {
                    while (await channel.Writer.WaitToWriteAsync())
                    {
                        told++;
                        if (channel.Writer.TryWrite(50)) wrote++;
                    }
                });
            }
            await Settle();
            Assert.Equal((0, 3), (told, channel.GetStatistics().CurrentWriters));
            await channel.Reader.ReadAsync();
            await Settle();
            Assert.Equal((3, 1), (told, wrote));
            channel.Writer.Complete();
        });
        Assert.Equal(1, wrote);
    });

    [Fact]
    public void WaitToWriteAsync_WritersStandInLine_HaveTheRoom() => Run(async () =>
    {
        if (Kind.Capacity == 0) return; // there a reader is the room
        var channel = Create();
        await TaskGroup.RunAsync(async group =>
        {
            bool told = false;
            await CrowdAsync(group, channel, 1);
            group.Spawn(async () => told = await channel.Writer.WaitToWriteAsync());
            await Settle();
            Assert.True(channel.Reader.TryRead(out _));
            await Settle();
            Assert.False(told);
            Assert.True(channel.Reader.TryRead(out _));
            await Settle();
            Assert.True(told);
        });
    });
}
