using System.Threading.Channels;

namespace Simul.Tests.Synchronization.Channels;

// What every kind of channel keeps. A kind says how it is made; what only some can do is in suites of their own.
public abstract partial class LoopChannelConformance
{
    // Items that had no reader, in the order in which they were reported.
    private protected List<int> Undelivered { get; } = [];

    private protected abstract LoopChannelOptions<int> Kind { get; }

    private protected LoopChannel<int> Create(string? name = null) => new(Kind with { Name = name, Undelivered = Undelivered.Add });

    // As many of the items as the channel takes without a reader; none is lost.
    private protected static List<int> Fill(LoopChannel<int> channel, int most = 3) =>
        [.. Enumerable.Range(0, most).TakeWhile(channel.Writer.TryWrite)];

    // What is left in a channel that was completed.
    private protected static async Task<List<int>> DrainAsync(LoopChannel<int> channel)
    {
        List<int> items = [];
        await foreach (int item in channel.Reader.ReadAllAsync()) items.Add(item);
        return items;
    }

    [Fact]
    public void Items_ManyWritersAndReaders_EachComesOnce() => Run(async () =>
    {
        var channel = Create();
        List<int> got = [];
        await TaskGroup.RunAsync(async readers =>
        {
            for (int r = 0; r < 3; r++)
            {
                readers.Spawn(async () =>
                {
                    await foreach (int item in channel.Reader.ReadAllAsync()) got.Add(item);
                });
            }
            await TaskGroup.RunAsync(writers =>
            {
                for (int w = 0; w < 3; w++)
                {
                    int first = w * 20;
                    writers.Spawn(async () =>
                    {
                        for (int i = 0; i < 20; i++) await channel.Writer.WriteAsync(first + i);
                    });
                }
                return Task.CompletedTask;
            });
            channel.Writer.Complete();
        });
        Assert.Equal(Enumerable.Range(0, 60), got.Order());
        Assert.Equal((60, 60, 0), channel.GetStatistics() is var s ? (s.TotalWritten, s.TotalRead, s.TotalUndelivered) : default);
        Assert.Empty(Undelivered);
    });

    // A85
    [Fact]
    public void TryWrite_AReaderWaits_TheItemIsItsOwn() => Run(async () =>
    {
        var channel = Create();
        int got = -1;
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () => got = await channel.Reader.ReadAsync());
            await Settle();
            Assert.True(channel.Writer.TryWrite(7));
            Assert.False(channel.Reader.TryRead(out _));
            Assert.Equal((0, 0, 1), channel.GetStatistics() is var s ? (s.CurrentItems, s.CurrentReaders, s.TotalRead) : default);
        });
        Assert.Equal(7, got);
    });

    // A85
    [Fact]
    public void ReadAsync_ManyWait_AreServedInTheOrderInWhichTheyCame() => Run(async () =>
    {
        var channel = Create();
        var got = new int[4];
        await TaskGroup.RunAsync(async group =>
        {
            for (int r = 0; r < 4; r++)
            {
                int reader = r;
                group.Spawn(async () => got[reader] = await channel.Reader.ReadAsync());
                await Settle();
            }
            Assert.Equal(4, channel.GetStatistics().CurrentReaders);
            for (int i = 0; i < 4; i++) await channel.Writer.WriteAsync(i);
        });
        Assert.Equal([0, 1, 2, 3], got);
    });

    // A80
    [Fact]
    public void ReadAsync_Cancelled_TakesNoItem() => Run(async () =>
    {
        var channel = Create();
        var got = new List<int>();
        await TaskGroup.RunAsync(async group =>
        {
            List<LoopTask> readers = [];
            for (int r = 0; r < 4; r++)
            {
                readers.Add(group.Spawn(async () => got.Add(await channel.Reader.ReadAsync())));
                await Settle();
            }
            readers[0].Cancel();
            readers[2].Cancel();
            await channel.Writer.WriteAsync(1);
            await channel.Writer.WriteAsync(2);
            await Settle();
            Assert.All(readers, reader => Assert.True(reader.IsCompleted));
        });
        Assert.Equal([1, 2], got.Order());
        Assert.Empty(Undelivered);
    });

    // A80, by C2: who was handed an item has it, also when it is cancelled before it runs.
    [Fact]
    public void ReadAsync_CancelledAfterTheHandOver_HasTheItem() => Run(async () =>
    {
        var channel = Create();
        int got = -1;
        bool raised = false;
        await TaskGroup.RunAsync(async group =>
        {
            var reader = group.Spawn(async () =>
            {
                got = await channel.Reader.ReadAsync();
                raised = await Raises<OperationCanceledException>(async () => await channel.Reader.ReadAsync()) is not null;
            });
            await Settle();
            Assert.True(channel.Writer.TryWrite(7));
            reader.Cancel();
        });
        Assert.Equal(7, got);
        Assert.True(raised);
    });

    [Fact]
    public void Waits_InACancelledScope_RaiseAndLeaveTheChannelAlone() => Run(async () =>
    {
        var channel = Create();
        var held = Fill(channel);
        using (var scope = CancelScope.Enter())
        {
            scope.Cancel();
            var (reader, writer) = (channel.Reader, channel.Writer);
            await Raises<OperationCanceledException>(async () => await reader.ReadAsync());
            await Raises<OperationCanceledException>(async () => await reader.WaitToReadAsync());
            await Raises<OperationCanceledException>(async () => await reader.ReadAllAsync().GetAsyncEnumerator().MoveNextAsync());
            await Raises<OperationCanceledException>(async () => await writer.WriteAsync(99));
            await Raises<OperationCanceledException>(async () => await writer.WaitToWriteAsync());
            await Raises<OperationCanceledException>(async () => await channel.JoinAsync());
            // The Try forms are no checkpoints.
            Assert.Equal(held.Count > 0, reader.TryRead(out int item));
            if (held.Count > 0) Assert.True(writer.TryWrite(item));
        }
        await Settle();
        Assert.Equal(held.Count, channel.Reader.Count);
        // A87: the write that raised kept nothing.
        Assert.Equal([99], Undelivered);
    });

    [Fact]
    public void WaitToReadAsync_AnItemComes_AllWhoWaitHearOfIt() => Run(async () =>
    {
        var channel = Create();
        int told = 0, got = 0;
        await TaskGroup.RunAsync(async group =>
        {
            for (int r = 0; r < 3; r++)
            {
                group.Spawn(async () =>
                {
                    while (await channel.Reader.WaitToReadAsync())
                    {
                        told++;
                        if (channel.Reader.TryRead(out _)) got++;
                    }
                });
            }
            await Settle();
            Assert.Equal(3, channel.GetStatistics().CurrentReaders);
            await channel.Writer.WriteAsync(1);
            await Settle();
            Assert.Equal((3, 1), (told, got));
            channel.Writer.Complete();
        });
        Assert.Equal(1, got);
    });

    [Fact]
    public void Read_WithoutAContext_GoesOnOnTheLoop() => Run(async () =>
    {
        var channel = Create();
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                Assert.Equal(7, await channel.Reader.ReadAsync().ConfigureAwait(false));
                Assert.Null(SynchronizationContext.Current);
                Assert.False(channel.Reader.TryRead(out _));
            });
            await Settle();
            await channel.Writer.WriteAsync(7);
        });
    });

    [Fact]
    public void Items_FromAGreenletToAGenerator_Come() => Run(async () =>
    {
        var channel = Create();
        List<int> got = [];
        await TaskGroup.RunAsync(group =>
        {
            group.Spawn(() => Generator.RunAsync(Receive(channel.Reader, got)));
            group.Spawn(() => Greenlet.RunAsync(() =>
            {
                for (int i = 0; i < 8; i++) Greenlet.Await(channel.Writer.WriteAsync(i));
                channel.Writer.Complete();
            }));
            return Task.CompletedTask;
        });
        Assert.Equal(Enumerable.Range(0, 8), got.Order());

        static IEnumerable<Suspend> Receive(ChannelReader<int> reader, List<int> got)
        {
            while (true)
            {
                yield return Suspend.On(reader.WaitToReadAsync(), out var more);
                if (!more.Value) yield break;
                if (reader.TryRead(out int item)) got.Add(item);
            }
        }
    });

    [Fact]
    public void ReadAllAsync_LeftEarly_LeavesTheRest() => Run(async () =>
    {
        var channel = Create();
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                for (int i = 0; i < 6; i++) await channel.Writer.WriteAsync(i);
                channel.Writer.Complete();
            });
            List<int> got = [];
            await foreach (int item in channel.Reader.ReadAllAsync())
            {
                got.Add(item);
                if (got.Count == 2) break;
            }
            got.AddRange(await DrainAsync(channel));
            Assert.Equal(Enumerable.Range(0, 6), got.Order());
        });
    });

    [Fact]
    public void ReadAllAsync_MovedTwiceAtOnce_Throws() => Run(async () =>
    {
        var channel = Create();
        await using var items = channel.Reader.ReadAllAsync().GetAsyncEnumerator();
        var first = items.MoveNextAsync();
        Says(Assert.Throws<InvalidOperationException>(() => { _ = items.MoveNextAsync(); }), "still waits");
        channel.Writer.TryComplete();
        Assert.False(await first);
        Assert.False(await items.MoveNextAsync());
        Assert.Throws<InvalidOperationException>(() => first.Result);
    });

    [Fact]
    public void Statistics_AndNames_TellTheState() => Run(async () =>
    {
        var channel = Create("orders");
        Assert.Equal("orders", channel.Name);
        Assert.Equal((true, true), (channel.Reader.CanCount, channel.Reader.CanPeek));
        var held = Fill(channel);
        Assert.Equal(held.Count, channel.Reader.Count);
        Assert.Equal(
            new LoopChannelStatistics(held.Count, Kind.Capacity, 0, 0, held.Count, held.Count, 0, 0, IsCompleted: false),
            channel.GetStatistics());
        Assert.Contains("the channel 'orders'", channel.Describe());
        Assert.Equal(held.Count > 0, channel.Reader.TryPeek(out int next));
        if (held.Count > 0) Assert.True(channel.Reader.TryRead(out int item) && item == next);
        channel.Writer.Complete();
        Assert.Contains("completed", channel.Describe());
        Assert.True(channel.GetStatistics().IsCompleted);
        await DrainAsync(channel);
    });

    [Fact]
    public void TaskTree_AReaderWaits_ShowsTheChannel() => Run(async () =>
    {
        var channel = Create("orders");
        await TaskGroup.RunAsync(async group =>
        {
            var reader = group.Spawn(async () => await channel.Reader.ReadAsync(), name: "cook");
            await Settle();
            string tree = EventLoop.Current.GetTaskTree().ToString();
            Assert.Contains("cook", tree);
            Assert.Contains("the channel 'orders'", tree);
            Assert.Contains("1 waiting to read", tree);
            reader.Cancel();
        });
    });

    [Fact]
    public void Stall_OnAChannelNobodyWritesTo_NamesIt()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(async () => await Create("orders").Reader.ReadAsync()));
        Says(error, "the channel 'orders'", "1 waiting to read");
    }
}
