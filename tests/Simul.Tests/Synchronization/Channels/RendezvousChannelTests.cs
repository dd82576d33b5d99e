namespace Simul.Tests.Synchronization.Channels;

// What only a channel without room does.
public class RendezvousChannelTests
{
    // A85: a write ends when a reader has the item, not before.
    [Fact]
    public void WriteAsync_EndsWhenAReaderHasTheItem() => Run(async () =>
    {
        var channel = LoopChannel.CreateRendezvous<int>();
        await TaskGroup.RunAsync(async group =>
        {
            var writer = group.Spawn(async () => await channel.Writer.WriteAsync(7));
            await Settle();
            Assert.False(writer.IsCompleted);
            Assert.Equal((0, 0, 1), channel.GetStatistics() is var s ? (s.CurrentItems, s.TotalWritten, s.CurrentWriters) : default);
            Assert.True(channel.Reader.TryPeek(out int offered) && offered == 7);
            Assert.True(channel.Reader.TryRead(out int item) && item == 7);
            await Settle();
            Assert.True(writer.IsCompleted);
        });
    });

    [Fact]
    public void TryForms_WithoutTheOtherSide_Fail() => Run(() =>
    {
        var channel = LoopChannel.CreateRendezvous<int>();
        Assert.False(channel.Writer.TryWrite(1));
        Assert.False(channel.Reader.TryRead(out _));
        Assert.False(channel.Reader.TryPeek(out _));
        return Task.CompletedTask;
    });

    // The one who waits to write is told of a reader, and the one who waits to read of a writer.
    [Fact]
    public void WaitTo_TheOtherSideComes_IsTold() => Run(async () =>
    {
        var channel = LoopChannel.CreateRendezvous<int>();
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                Assert.True(await channel.Writer.WaitToWriteAsync());
                Assert.True(channel.Writer.TryWrite(1));
            });
            await Settle();
            Assert.Equal(1, await channel.Reader.ReadAsync());
            group.Spawn(async () =>
            {
                Assert.True(await channel.Reader.WaitToReadAsync());
                Assert.True(channel.Reader.TryRead(out int item) && item == 2);
            });
            await Settle();
            await channel.Writer.WriteAsync(2);
        });
    });

    // Each waits for the other to begin: nobody ever does, and the loop says so.
    [Fact]
    public void WaitTo_OnBothSides_IsAStallThatIsNamed()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(() => TaskGroup.RunAsync(group =>
        {
            var channel = LoopChannel.CreateRendezvous<int>("hall");
            group.Spawn(async () => await channel.Writer.WaitToWriteAsync());
            group.Spawn(async () => await channel.Reader.WaitToReadAsync());
            return Task.CompletedTask;
        })));
        Says(error, "'hall', a rendezvous, 1 waiting to read, 1 to write");
    }
}
