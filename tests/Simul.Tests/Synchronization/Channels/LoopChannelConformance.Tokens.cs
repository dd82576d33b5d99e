using System.Threading.Channels;

namespace Simul.Tests.Synchronization.Channels;

// Tokens, other threads.
public abstract partial class LoopChannelConformance
{
    [Fact]
    public void ReadAsync_ItsTokenIsCancelled_EndsWithIt() => Run(async () =>
    {
        var channel = Create();
        using var source = new CancellationTokenSource();
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () => Assert.Equal(source.Token, (await Raises<OperationCanceledException>(async () => await channel.Reader.ReadAsync(source.Token))).CancellationToken));
            group.Spawn(async () => Assert.Equal(source.Token, (await Raises<OperationCanceledException>(async () => await channel.Reader.WaitToReadAsync(source.Token))).CancellationToken));
            group.Spawn(async () => Assert.Equal(source.Token, (await Raises<OperationCanceledException>(async () =>
            {
                await foreach (int _ in channel.Reader.ReadAllAsync(source.Token)) Assert.Fail("there is no item");
            })).CancellationToken));
            await Settle();
            Assert.Equal(3, channel.GetStatistics().CurrentReaders);
            source.Cancel();
            Assert.Equal(0, channel.GetStatistics().CurrentReaders);
        });
    });

    // A80
    [Fact]
    public void ReadAsync_ItsTokenIsCancelledAfterTheHandOver_HasTheItem() => Run(async () =>
    {
        var channel = Create();
        using var source = new CancellationTokenSource();
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () => Assert.Equal(7, await channel.Reader.ReadAsync(source.Token)));
            await Settle();
            Assert.True(channel.Writer.TryWrite(7));
            source.Cancel();
        });
        Assert.Equal(1, channel.GetStatistics().TotalRead);
    });

    [Fact]
    public void Waits_TheirTokenIsCancelledAlready_RaiseAndLeaveTheChannelAlone() => Run(async () =>
    {
        var channel = Create();
        var held = Fill(channel);
        var over = new CancellationToken(true);
        Assert.Equal(over, (await Raises<OperationCanceledException>(async () => await channel.Reader.ReadAsync(over))).CancellationToken);
        await Raises<OperationCanceledException>(async () => await channel.Reader.WaitToReadAsync(over));
        await Raises<OperationCanceledException>(async () => await channel.Reader.ReadAllAsync(over).GetAsyncEnumerator().MoveNextAsync());
        await Raises<OperationCanceledException>(async () => await channel.Writer.WriteAsync(99, over));
        await Raises<OperationCanceledException>(async () => await channel.Writer.WaitToWriteAsync(over));
        await Settle();
        Assert.Equal(held.Count, channel.Reader.Count);
        Assert.Equal([99], Undelivered);
    });

    // A live token that nobody cancels changes nothing, and nothing is left on it.
    [Fact]
    public void Waits_WithATokenThatIsNeverCancelled_AreTheSame() => Run(async () =>
    {
        var channel = Create();
        using var source = new CancellationTokenSource();
        List<int> got = [];
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                while (await channel.Reader.WaitToReadAsync(source.Token)) got.Add(await channel.Reader.ReadAsync(source.Token));
            });
            for (int i = 0; i < 20; i++) await channel.Writer.WriteAsync(i, source.Token);
            channel.Writer.Complete();
        });
        source.Cancel();
        Assert.Equal(Enumerable.Range(0, 20), got.Order());
    });

    [Fact]
    public void ReadAllAsync_TwoTokens_EitherEndsIt() => Run(async () =>
    {
        foreach (bool first in new[] { true, false })
        {
            var channel = Create();
            using var one = new CancellationTokenSource();
            using var other = new CancellationTokenSource();
            await TaskGroup.RunAsync(async group =>
            {
                group.Spawn(async () => await Raises<OperationCanceledException>(async () =>
                {
                    await foreach (int _ in channel.Reader.ReadAllAsync(one.Token).WithCancellation(other.Token)) Assert.Fail("there is no item");
                }));
                await Settle();
                (first ? one : other).Cancel();
            });
        }
    });

    // The loop cannot know who will cancel a token, so it does not call itself stalled.
    [Fact]
    public void ReadAsync_ItsTokenIsCancelledOnAnotherThread_EndsAndIsNoStall() => Run(async () =>
    {
        var channel = Create();
        using var source = new CancellationTokenSource();
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () => await Raises<OperationCanceledException>(async () => await channel.Reader.ReadAsync(source.Token)));
            await Settle();
            var thread = new Thread(source.Cancel);
            thread.Start();
        });
    });

    [Fact]
    public void Taking_OffTheLoop_NamesTheBclsChannel() => Run(async () =>
    {
        var channel = Create();
        Fill(channel, 1);
        await Task.Run(() =>
        {
            Says(Assert.Throws<LoopAffinityException>(() => channel.Writer.TryWrite(1)), "Channel.CreateBounded<T>");
            Says(Assert.Throws<LoopAffinityException>(() => channel.Reader.TryRead(out _)), "Channel.CreateBounded<T>");
            Says(Assert.Throws<LoopAffinityException>(() => channel.Reader.TryPeek(out _)), "Channel.CreateBounded<T>");
            Says(Assert.Throws<LoopAffinityException>(() => { _ = channel.Reader.ReadAsync(); }), "Channel.CreateBounded<T>");
            Says(Assert.Throws<LoopAffinityException>(() => { _ = channel.Writer.WriteAsync(1); }), "Channel.CreateBounded<T>");
            Says(Assert.Throws<LoopAffinityException>(() => { _ = channel.Reader.WaitToReadAsync(); }), "Channel.CreateBounded<T>");
            Says(Assert.Throws<LoopAffinityException>(() => { _ = channel.Writer.WaitToWriteAsync(); }), "Channel.CreateBounded<T>");
            Says(Assert.Throws<LoopAffinityException>(() => { _ = channel.JoinAsync(); }), "Channel.CreateBounded<T>");
            Says(Assert.Throws<LoopAffinityException>(() => Create().Writer.TryWrite(1)), "Channel.CreateBounded<T>", "does not run on one");
        });
    });

    [Fact]
    public void Taking_OnAnotherLoop_Throws()
    {
        LoopChannel<int> channel = null!;
        Run(() =>
        {
            channel = Create();
            Assert.False(channel.Reader.TryRead(out _));
            return Task.CompletedTask;
        });
        Run(async () => Says(await Raises<LoopAffinityException>(async () => await channel.Reader.ReadAsync()), "belongs to"));
    }

    [Fact]
    public void GivingBack_FromAnotherThread_IsPosted() => Run(async () =>
    {
        var channel = Create();
        using var open = EventLoop.Current.HoldOpen();
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () => await channel.Writer.WriteAsync(1));
            await channel.Reader.ReadAsync();
        });
        bool first = false, second = true;
        var thread = new Thread(() =>
        {
            channel.TaskDone();
            first = channel.Writer.TryComplete();
            second = channel.Writer.TryComplete();
            channel.Shutdown(immediate: true);
        });
        thread.Start();
        await channel.JoinAsync();
        await Raises<ChannelClosedException>(async () => await channel.Reader.ReadAsync());
        thread.Join();
        Assert.Equal((true, false), (first, second));
    });
}
