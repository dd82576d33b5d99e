using System.Threading.Channels;

namespace Simul.Tests.Synchronization.Channels;

// Completion, shutdown, join.
public abstract partial class LoopChannelConformance
{
    // A81, A84
    [Fact]
    public void TryComplete_ReadersWait_FailAtOnce() => Run(async () =>
    {
        var channel = Create("orders");
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () => Says(await Raises<ChannelClosedException>(async () => await channel.Reader.ReadAsync()), "orders", "completed"));
            group.Spawn(async () => Assert.False(await channel.Reader.WaitToReadAsync()));
            group.Spawn(async () => Assert.Empty(await DrainAsync(channel)));
            await Settle();
            Assert.Equal(3, channel.GetStatistics().CurrentReaders);
            Assert.True(channel.Writer.TryComplete());
            Assert.False(channel.Writer.TryComplete());
        });
        Assert.Equal(0, channel.GetStatistics().CurrentReaders);
        Assert.True(channel.Reader.Completion.IsCompletedSuccessfully);
    });

    // A81, A84: what is in stays gettable; then the end.
    [Fact]
    public void TryComplete_WithItems_LeavesThemToTheReaders() => Run(async () =>
    {
        var channel = Create();
        var held = Fill(channel);
        var completion = channel.Reader.Completion;
        channel.Writer.Complete();
        Assert.Equal(held.Count == 0, completion.IsCompleted);
        Assert.False(channel.Writer.TryWrite(9));
        Assert.False(await channel.Writer.WaitToWriteAsync());
        Assert.Equal(held.Count > 0, await channel.Reader.WaitToReadAsync());
        List<int> got = [];
        for (int i = 0; i < held.Count; i++) got.Add(await channel.Reader.ReadAsync());
        Assert.Equal(held, got.Order());
        await completion;
        Assert.False(await channel.Reader.WaitToReadAsync());
        Assert.False(channel.Reader.TryRead(out _));
        await Raises<ChannelClosedException>(async () => await channel.Reader.ReadAsync());
        await Raises<ChannelClosedException>(async () => await channel.Writer.WriteAsync(10));
        Assert.Throws<ChannelClosedException>(() => channel.Writer.Complete());
        await Settle();
        Assert.Equal([10], Undelivered); // A87
    });

    [Fact]
    public void TryComplete_WithAnError_TellsEverybody() => Run(async () =>
    {
        var channel = Create();
        var error = new FormatException("no number");
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () => Assert.Same(error, (await Raises<ChannelClosedException>(async () => await channel.Reader.ReadAsync())).InnerException));
            group.Spawn(async () => Assert.Same(error, await Raises<FormatException>(async () => await channel.Reader.WaitToReadAsync())));
            group.Spawn(async () => Assert.Same(error, await Raises<FormatException>(() => DrainAsync(channel))));
            await Settle();
            Assert.True(channel.Writer.TryComplete(error));
        });
        Assert.Same(error, await Raises<FormatException>(() => channel.Reader.Completion));
        Assert.Same(error, await Raises<FormatException>(() => DrainAsync(channel)));
        Assert.Same(error, await Raises<FormatException>(async () => await channel.Writer.WaitToWriteAsync()));
        Assert.Same(error, (await Raises<ChannelClosedException>(async () => await channel.Writer.WriteAsync(1))).InnerException);
    });

    [Fact]
    public void Completion_CompletedWithACancellation_IsCancelled() => Run(() =>
    {
        var channel = Create();
        channel.Writer.Complete(new OperationCanceledException(new CancellationToken(true)));
        Assert.True(channel.Reader.Completion.IsCanceled);
        return Task.CompletedTask;
    });

    // A81: join still waits after a shutdown.
    [Fact]
    public void Shutdown_ItemsLeft_JoinWaitsForThem() => Run(async () =>
    {
        var channel = Create();
        await TaskGroup.RunAsync(async group =>
        {
            bool joined = false;
            group.Spawn(async () => await channel.Writer.WriteAsync(1));
            if (Kind.Capacity == 0) await channel.Reader.ReadAsync();
            await Settle();
            group.Spawn(async () =>
            {
                await channel.JoinAsync();
                joined = true;
            });
            await Settle();
            channel.Shutdown();
            await Settle();
            Assert.False(joined);
            if (Kind.Capacity != 0) await channel.Reader.ReadAsync();
            await Settle();
            Assert.False(joined);
            channel.TaskDone();
        });
        await channel.JoinAsync();
    });

    // A81, A87
    [Fact]
    public void Shutdown_Immediately_DropsTheItemsAndWakesEverybody() => Run(async () =>
    {
        var channel = Create();
        var held = Fill(channel);
        await TaskGroup.RunAsync(async group =>
        {
            if (held.Count == 0) group.Spawn(async () => await Raises<ChannelClosedException>(async () => await channel.Reader.ReadAsync()));
            group.Spawn(async () => await channel.JoinAsync());
            await Settle();
            channel.Shutdown(immediate: true);
            Assert.Equal(0, channel.Reader.Count);
            Assert.True(channel.Reader.Completion.IsCompletedSuccessfully);
            Assert.False(await channel.Reader.WaitToReadAsync());
        });
        await Settle();
        Assert.Equal(held, Undelivered.Order());
        Assert.Equal((held.Count, 0, held.Count, 0), channel.GetStatistics() is var s ? (s.TotalWritten, s.TotalRead, s.TotalUndelivered, s.CurrentUnfinished) : default);
        channel.Shutdown(immediate: true);
    });

    // What a first, gentle shutdown left.
    [Fact]
    public void Shutdown_Twice_TheSecondDropsWhatIsLeft() => Run(async () =>
    {
        var channel = Create();
        var held = Fill(channel);
        channel.Shutdown();
        Assert.Equal(held.Count, channel.Reader.Count);
        channel.Shutdown(immediate: true);
        await channel.Reader.Completion;
        await Settle();
        Assert.Equal(held, Undelivered.Order());
    });

    // A83
    [Fact]
    public void TaskDone_MoreOftenThanItems_Throws() => Run(async () =>
    {
        var channel = Create("orders");
        Says(Assert.Throws<InvalidOperationException>(channel.TaskDone), "orders", "once for each item");
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () => await channel.Writer.WriteAsync(1));
            await channel.Reader.ReadAsync();
        });
        channel.TaskDone();
        Assert.Throws<InvalidOperationException>(channel.TaskDone);
    });

    // A83
    [Fact]
    public void JoinAsync_EndsWhenEveryItemIsDone() => Run(async () =>
    {
        var channel = Create();
        await channel.JoinAsync(); // nothing was ever written
        int done = 0;
        await TaskGroup.RunAsync(async group =>
        {
            for (int w = 0; w < 2; w++)
            {
                group.Spawn(async () =>
                {
                    await foreach (int _ in channel.Reader.ReadAllAsync())
                    {
                        await EventLoop.Delay(Sec(1));
                        done++;
                        channel.TaskDone();
                    }
                });
            }
            for (int i = 0; i < 10; i++) await channel.Writer.WriteAsync(i);
            Assert.NotEqual(10, done);
            await channel.JoinAsync();
            Assert.Equal(10, done);
            channel.Writer.Complete();
        });
    });

    [Fact]
    public void Completion_AskedForBeforeAndAfter_IsTheSameTask() => Run(async () =>
    {
        var channel = Create();
        var before = channel.Reader.Completion;
        channel.Writer.Complete();
        Assert.Same(before, channel.Reader.Completion);
        await before;
        var late = Create();
        late.Writer.Complete();
        Assert.True(late.Reader.Completion.IsCompletedSuccessfully);
    });

    // A87: what it throws goes to the handler, not to who shuts down; and the next item is reported all the same.
    [Fact]
    public void Undelivered_Throws_TheHandlerHearsOfIt()
    {
        List<Exception> errors = [];
        int reported = 0;
        Run(async () =>
        {
            var channel = new LoopChannel<int>(Kind with
            {
                Undelivered = _ =>
                {
                    reported++;
                    throw new FormatException("by the callback");
                },
            });
            Fill(channel);
            channel.Shutdown(immediate: true);
            await Raises<ChannelClosedException>(async () => await channel.Writer.WriteAsync(9));
            await Settle();
            Assert.Equal(channel.GetStatistics().TotalUndelivered, reported);
        }, o => o with { UnhandledError = errors.Add });
        Assert.NotEqual(0, reported);
        Assert.Equal(reported, errors.Count(e => e is FormatException));
    }

    // A87
    [Fact]
    public void Shutdown_AfterTheLoopsEnd_ReportsOnTheCallersThread()
    {
        LoopChannel<int> channel = null!;
        List<int> held = [], reported = [];
        Run(() =>
        {
            channel = new LoopChannel<int>(Kind with
            {
                Undelivered = item =>
                {
                    reported.Add(item);
                    if (item == 0) throw new FormatException("by the callback");
                },
            });
            held = Fill(channel);
            channel.Reader.TryRead(out _);
            channel.Writer.TryWrite(0);
            return Task.CompletedTask;
        });
        var completion = channel.Reader.Completion;
        Assert.False(completion.IsCompleted);
        if (held.Count == 0) channel.Shutdown(immediate: true);
        else Assert.IsType<FormatException>(Assert.Throws<AggregateException>(() => channel.Shutdown(immediate: true)).InnerException);
        Assert.True(completion.IsCompletedSuccessfully);
        Assert.Equal(held.Count, reported.Count);
    }

    // A87, re-entrantly: the callback may use the channel that reports to it.
    [Fact]
    public void Undelivered_ThatUsesTheChannel_DoesNoHarm() => Run(async () =>
    {
        LoopChannel<int> channel = null!;
        List<int> reported = [];
        channel = new LoopChannel<int>(Kind with
        {
            Undelivered = item =>
            {
                reported.Add(item);
                Assert.False(channel.Writer.TryWrite(99));
                Assert.False(channel.Reader.TryRead(out _));
                channel.Shutdown(immediate: true);
                Assert.True(channel.Reader.Completion.IsCompleted);
            },
        });
        var held = Fill(channel);
        channel.Shutdown(immediate: true);
        await Settle();
        Assert.Equal(held, reported.Order());
    });
}
