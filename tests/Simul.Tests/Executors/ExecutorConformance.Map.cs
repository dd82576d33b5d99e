namespace Simul.Tests.Executors;

public abstract partial class ExecutorConformance
{
    // The later ones end first.
    private static async Task<int> Backwards(int x)
    {
        await EventLoop.Delay(Sec(10 - x));
        return x;
    }

    // B7
    [Fact]
    public void Map_Ordered_ResultsComeInTheOrderOfTheInputs() => Virtually(async (executor, clock) =>
    {
        List<int> got = [];
        await foreach (int x in executor.MapAsync(Enumerable.Range(0, 5), Backwards)) got.Add(x);
        Assert.Equal([0, 1, 2, 3, 4], got);
        Assert.Equal(Sec(10), clock.Elapsed);
    }, workers: 5);

    // B6
    [Fact]
    public void Map_Unordered_EachResultComesAsItEnds() => Virtually(async (executor, clock) =>
    {
        List<(int, TimeSpan)> got = [];
        await foreach (int x in executor.MapAsync(Enumerable.Range(0, 5), Backwards, new MapOptions { Ordered = false })) got.Add((x, clock.Elapsed));
        Assert.Equal([(4, Sec(6)), (3, Sec(7)), (2, Sec(8)), (1, Sec(9)), (0, Sec(10))], got);
    }, workers: 5);

    // What ends hands the time over to the reader: the clock must not jump in between.
    [Fact]
    public void Map_Unordered_TheReaderSeesEachResultAtItsMoment() => Virtually(async (executor, clock) =>
    {
        for (int round = 0; round < 20; round++)
        {
            var start = clock.Elapsed;
            var seen = new List<TimeSpan>();
            await foreach (int x in executor.MapAsync(Enumerable.Range(0, 8), Backwards, new MapOptions { Ordered = false }))
            {
                seen.Add(clock.Elapsed - start);
                await EventLoop.Delay(TimeSpan.FromMilliseconds(100));
            }
            Assert.Equal(Enumerable.Range(3, 8).Select(s => Sec(s)), seen);
        }
    }, workers: 8);

    [Fact]
    public async Task Map_Empty_IsEmpty()
    {
        await using var executor = Make();
        await foreach (int _ in executor.MapAsync(Array.Empty<int>(), x => x)) Assert.Fail("nothing was asked for");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Map_LookAhead_BoundsWhatIsReadAheadOfTheReader(bool ordered)
    {
        await using var executor = Make();
        int read = 0, taken = 0, furthest = 0;
        IEnumerable<int> Endless()
        {
            while (true)
            {
                furthest = Math.Max(furthest, read - taken);
                yield return read++;
            }
        }
        await foreach (int _ in executor.MapAsync(Endless(), x => x, new MapOptions { LookAhead = 3, Ordered = ordered }))
        {
            if (++taken == 50) break;
        }
        Assert.InRange(furthest, 2, 3);
    }

    // B8
    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Map_LeftEarly_CancelsTheRestAndWaitsForIt(bool ordered)
    {
        await using var executor = Make(3);
        int inside = 0, cancelled = 0;
        bool closed = false;
        IEnumerable<int> Inputs()
        {
            try
            {
                for (int i = 0; ; i++) yield return i;
            }
            finally
            {
                closed = true;
            }
        }
        async Task<int> Work(int x, CancellationToken token)
        {
            if (x == 0) return x;
            Interlocked.Increment(ref inside);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
                return x;
            }
            catch (OperationCanceledException)
            {
                Interlocked.Increment(ref cancelled);
                throw;
            }
            finally
            {
                Interlocked.Decrement(ref inside);
            }
        }
        await foreach (int x in executor.MapAsync(Inputs(), Work, new MapOptions { LookAhead = 6, Ordered = ordered }))
        {
            Assert.Equal(0, x);
            Eventually(() => Volatile.Read(ref inside) >= 2, "two are under way");
            break;
        }
        Assert.Equal(0, inside);
        Assert.True(cancelled >= 2);
        Assert.True(closed);
        Assert.Equal(1, await Timely(executor.SubmitAsync(() => 1)));
    }

    // A callback of the item's token that throws does not keep the map from waiting for the rest.
    [Fact]
    public async Task Map_LeftEarly_ATokenCallbackThrows_TheRestIsAwaitedAllTheSame()
    {
        await using var executor = Make(2);
        int inside = 0;
        async Task<int> Work(int x, CancellationToken token)
        {
            if (x == 0) return x;
            using var registration = token.Register(() => throw new NotSupportedException());
            Interlocked.Increment(ref inside);
            try
            {
                await Task.Delay(Timeout.InfiniteTimeSpan, token);
            }
            finally
            {
                Interlocked.Decrement(ref inside);
            }
            return x;
        }
        try
        {
            await foreach (int _ in executor.MapAsync([0, 1], Work))
            {
                Eventually(() => Volatile.Read(ref inside) == 1, "one is under way");
                break;
            }
        }
        catch (AggregateException)
        {
            // Where the callback runs on the reader's stack, its error may meet the reader.
        }
        Assert.Equal(0, inside);
    }

    [Fact]
    public async Task Map_InputsThrow_ThatExceptionComesOutAndTheRestIsCancelled()
    {
        await using var executor = Make(2);
        static IEnumerable<int> Inputs()
        {
            yield return 1;
            yield return 2;
            throw new FormatException("inputs");
        }
        int ended = 0;
        var error = await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (int _ in executor.MapAsync(Inputs(), async (int x, CancellationToken token) =>
            {
                try
                {
                    await Task.Delay(Timeout.InfiniteTimeSpan, token);
                }
                finally
                {
                    Interlocked.Increment(ref ended);
                }
                return x;
            })) { }
        });
        Assert.Equal("inputs", error.Message);
        Assert.InRange(ended, 0, 2);
        Assert.Equal(1, await Timely(executor.SubmitAsync(() => 1)));
    }

    // B7
    [Fact]
    public async Task Map_ItemThrows_AtItsPosition()
    {
        await using var executor = Make(1);
        List<int> got = [];
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (int x in executor.MapAsync(Enumerable.Range(0, 10), x => x == 3 ? throw new FormatException() : x)) got.Add(x);
        });
        Assert.Equal([0, 1, 2], got);
    }

    [Fact]
    public async Task MapOutcomes_GoesOnPastErrors()
    {
        await using var executor = Make();
        List<string> got = [];
        await foreach (var o in executor.MapOutcomesAsync(Enumerable.Range(0, 6), x => x % 2 == 1 ? throw new FormatException($"{x}") : x * 10))
            got.Add($"{o.Index}/{o.Input}: {o.Error?.Message ?? $"={o.Result}"}");
        Assert.Equal(["0/0: =0", "1/1: 1", "2/2: =20", "3/3: 3", "4/4: =40", "5/5: 5"], got);
    }

    [Fact]
    public void Map_TimeLimit_CountsForEachItem() => Virtually(async (executor, clock) =>
    {
        List<bool> late = [];
        await foreach (var o in executor.MapOutcomesAsync([3, 8, 4, 9], async (int s) =>
        {
            await EventLoop.Delay(Sec(s));
            return s;
        }, new MapOptions { Timeout = Sec(5) })) late.Add(o.Error is TimeoutException);
        Assert.Equal([false, true, false, true], late);
        Assert.Equal(Sec(3 + 5 + 4 + 5), clock.Elapsed);
    }, workers: 1);

    [Fact]
    public async Task Map_Cancelled_RaisesWithTheCallersToken()
    {
        await using var executor = Make();
        using var source = new CancellationTokenSource();
        int got = 0;
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int _ in executor.MapAsync(Enumerable.Range(0, 1_000_000), x => x, new MapOptions { LookAhead = 4 }, source.Token))
            {
                if (++got == 10) source.Cancel();
            }
        });
        Assert.Equal(source.Token, error.CancellationToken);
        Assert.Equal(10, got);
    }

    [Fact]
    public async Task Map_EveryShape_Works()
    {
        await using var executor = Make();
        foreach (var map in (IAsyncEnumerable<int>[])
        [
            executor.MapAsync([1, 2], x => x * 2),
            executor.MapAsync([1, 2], (int x, CancellationToken _) => x * 2),
            executor.MapAsync([1, 2], (int x) => Task.FromResult(x * 2)),
            executor.MapAsync([1, 2], (int x, CancellationToken _) => Task.FromResult(x * 2)),
        ])
        {
            List<int> got = [];
            await foreach (int x in map) got.Add(x);
            Assert.Equal([2, 4], got);
        }
    }
}
