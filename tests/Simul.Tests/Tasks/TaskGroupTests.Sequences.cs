using System.Runtime.CompilerServices;

namespace Simul.Tests.Tasks;

// What holds on the loop alone, in its time. What holds on the thread pool as well is in GroupConformance.
public partial class TaskGroupTests
{
    [Fact]
    public void Sequence_ProducingAndReading_Overlap()
    {
        var took = Run(() => TaskGroup.RunAsync(async group =>
        {
            await foreach (int _ in group.SpawnSequence(() => Every(Sec(1), 4))) await EventLoop.Delay(Sec(1));
        }));
        Assert.Equal(Sec(5), took);
    }

    [Fact]
    public void Sequence_NobodyReadsYet_ProducerStopsOneBeyondTheCapacity() => Run(() => TaskGroup.RunAsync(async group =>
    {
        foreach (int capacity in new[] { 0, 1, 4 })
        {
            int produced = 0;
            var items = group.SpawnSequence(() => Every(TimeSpan.Zero, 100, _ => produced++), capacity);
            await Settle();
            Assert.Equal(capacity + 1, produced);
            int read = 0;
            await foreach (int _ in items)
            {
                await Settle();
                Assert.InRange(produced, 0, ++read + capacity + 1);
            }
            Assert.Equal((100, 100), (produced, read));
        }
    }));

    [Fact]
    public void Sequence_StartsWithoutAReader_InALaterTurn() => Run(() => TaskGroup.RunAsync(async group =>
    {
        bool began = false;
        _ = group.SpawnSequence(() => Every(TimeSpan.Zero, 1, _ => began = true));
        Assert.False(began);
        await Settle();
        Assert.True(began);
    }));

    [Fact]
    public void Sequence_LeftEarly_WaitsForTheProducersCleanUp() => Run(() => TaskGroup.RunAsync(async group =>
    {
        await foreach (int _ in group.SpawnSequence(CleansUp)) break;
        Assert.Equal(Sec(2), EventLoop.Now);
        Assert.Equal(0, group.CurrentChildren);
    }));

    // The wait for the producer is not cut short by what made the reader leave.
    [Fact]
    public void Sequence_LeftByATimeout_WaitsForTheProducersCleanUp() => Run(() => TaskGroup.RunAsync(async group =>
    {
        Assert.True(await CancelScope.MoveOnAfterAsync(Sec(1), async () =>
        {
            await foreach (int _ in group.SpawnSequence(CleansUp)) await Forever();
        }));
        Assert.Equal(Sec(3), EventLoop.Now);
        Assert.False(group.IsCancelled);
    }));

    [Fact]
    public void Sequence_NobodyReads_GroupEndsWhenTheOthersHave()
    {
        var took = Run(() => TaskGroup.RunAsync(group =>
        {
            _ = group.SpawnSequence(CleansUp);
            group.Spawn(() => EventLoop.Delay(Sec(5)).AsTask());
            return Task.CompletedTask;
        }));
        Assert.Equal(Sec(7), took);
    }

    [Fact]
    public void Sequence_GroupCancelledWhileTheReaderWaits_RaisesAtOnceAndSaysWhy() => Run(async () =>
    {
        OperationCanceledException? seen = null;
        await TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                seen = await Raises<OperationCanceledException>(async () =>
                {
                    await foreach (int _ in group.SpawnSequence(() => Every(Sec(100), 1)))
                    {
                    }
                });
                Assert.Equal(Sec(1), EventLoop.Now);
            });
            await EventLoop.Delay(Sec(1));
            group.Cancel("closing time");
        });
        Says(seen!, "closing time");
    });

    [Fact]
    public void Sequence_GroupCancelled_ReaderElsewhereIsToldOfIt() => Run(async () =>
    {
        IAsyncEnumerable<int>? items = null;
        var reader = EventLoop.Current.Spawn(async () =>
        {
            await Settle();
            return await Raises<OperationCanceledException>(async () =>
            {
                await foreach (int _ in items!)
                {
                }
            });
        });
        await TaskGroup.RunAsync(async group =>
        {
            items = group.SpawnSequence(() => Every(Sec(100), 2), name: "numbers");
            await EventLoop.Delay(Sec(1));
            group.Cancel("closing time");
        });
        Says(await reader, "numbers", "cancelled");
        Assert.Equal(Sec(1), EventLoop.Now);
    });

    [Fact]
    public void Sequence_ProducerFails_ReaderElsewhereGetsTheErrorBehindTheItems() => Run(async () =>
    {
        IAsyncEnumerable<int>? items = null;
        List<int> read = [];
        var reader = EventLoop.Current.Spawn(async () =>
        {
            await Settle();
            return await Raises<FormatException>(async () =>
            {
                await foreach (int item in items!) read.Add(item);
            });
        });
        var error = await Raises<TaskGroupException>(() => TaskGroup.RunAsync(async group =>
        {
            items = group.SpawnSequence(() => Every(Sec(1), 3, i => _ = i < 2 ? i : throw new FormatException("no such dish")));
            await Forever();
        }));
        Assert.Same(await reader, Assert.Single(error.Errors));
        Assert.Equal([0, 1], read);
    });

    // A reader that must not be cancelled hears the error itself.
    [Fact]
    public void Sequence_ProducerFails_ShieldedReaderGetsTheError() => Run(async () =>
    {
        Exception? seen = null;
        await Raises<TaskGroupException>(() => TaskGroup.RunAsync(group => CancelScope.ShieldAsync(async () => seen = await Raises<FormatException>(async () =>
        {
            await foreach (int _ in group.SpawnSequence(() => Every(Sec(1), 2, _ => throw new FormatException())))
            {
            }
        }))));
        Assert.NotNull(seen);
    });

    [Fact]
    public void Sequence_LeftBeforeTheFirstStep_NeverRuns() => Run(() => TaskGroup.RunAsync(async group =>
    {
        bool ran = false;
        await group.SpawnSequence(() => Every(TimeSpan.Zero, 1, _ => ran = true)).GetAsyncEnumerator().DisposeAsync();
        Assert.False(ran);
        Assert.Equal(0, group.CurrentChildren);
    }));

    [Fact]
    public void Sequence_ProducerIsATask_WithANameAndAToken() => Run(() => TaskGroup.RunAsync(async group =>
    {
        LoopTask? inside = null;
        async IAsyncEnumerable<bool> Items([EnumeratorCancellation] CancellationToken token = default)
        {
            inside = EventLoop.CurrentTask;
            await EventLoop.Yield();
            yield return token == inside.Token;
        }
        await foreach (bool same in group.SpawnSequence(() => Items(), name: "numbers")) Assert.True(same);
        Assert.Equal("numbers", inside!.Name);
        Assert.NotSame(EventLoop.CurrentTask, inside);
        Assert.Equal(LoopTaskStatus.Succeeded, inside.Status);
    }));

    [Fact]
    public void Sequence_ThatCannotGoOn_IsNamedInTheStall()
    {
        var error = Assert.Throws<LoopStalledException>(() => Run(() => TaskGroup.RunAsync(async group =>
        {
            _ = group.SpawnSequence(() => Every(TimeSpan.Zero, 9), name: "numbers");
            await new Future<int>();
        })));
        Says(error, "the channel 'numbers', 1 of 1 items, 1 waiting to write");
    }

    [Fact]
    public void Sequence_OffTheLoop_Throws_AndIsLeft() => Run(() => TaskGroup.RunAsync(async group =>
    {
        bool closed = false;
        async IAsyncEnumerable<int> Items()
        {
            try
            {
                yield return 1;
                await Forever();
            }
            finally
            {
                closed = true;
            }
        }
        var items = group.SpawnSequence(Items);
        await Settle();
        await Task.Run(async () =>
        {
            Assert.Throws<LoopAffinityException>(() => { group.SpawnSequence(Items); });
            await Raises<LoopAffinityException>(async () =>
            {
                await foreach (int _ in items)
                {
                }
            });
        });
        await Settle();
        Assert.True(closed);
    }));

    private static async IAsyncEnumerable<int> Every(TimeSpan period, int count, Action<int>? each = null)
    {
        for (int i = 0; i < count; i++)
        {
            await EventLoop.Delay(period);
            each?.Invoke(i);
            yield return i;
        }
    }

    private static async IAsyncEnumerable<int> CleansUp()
    {
        try
        {
            yield return 1;
            await Forever();
        }
        finally
        {
            await CancelScope.ShieldAsync(() => EventLoop.Delay(Sec(2)).AsTask());
        }
    }
}
