using System.Globalization;

namespace Simul.Processes.Tests;

// Maps in batches keep every promise of maps without.
public sealed class BatchTests
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);
    private static readonly AsyncLocal<int> s_local = new();

    private static ProcessExecutor Pool(int workers = 1) => new(new ProcessExecutorOptions { Workers = workers, Transport = WorkerTransport.SharedMemory, OutputHandler = static _ => { } });

    private static int Leak(int x)
    {
        int seen = s_local.Value;
        s_local.Value = x + 1;
        return seen;
    }

    private static int SlowFrom1000(int x)
    {
        if (x >= 1000) Thread.Sleep(5);
        return x;
    }

    private static async Task<List<WorkOutcome<int, int>>> OutcomesAsync(Executor pool, IEnumerable<int> inputs, Func<int, int> method, MapOptions? options = null)
    {
        var all = new List<WorkOutcome<int, int>>();
        await foreach (var outcome in pool.MapOutcomesAsync(inputs, method, options)) all.Add(outcome);
        return all;
    }

    [Theory]
    [InlineData(true, null)]
    [InlineData(false, null)]
    [InlineData(true, 7)]
    [InlineData(false, 100)]
    public async Task Map_ManyShortItems_AllComeOnce(bool ordered, int? chunk)
    {
        await using var pool = Pool(2);
        List<int> got = [];
        await foreach (int x in pool.MapAsync(Enumerable.Range(0, 100_000), Jobs.Noop, new MapOptions { Ordered = ordered, ChunkSize = chunk })) got.Add(x);
        Assert.Equal(Enumerable.Range(0, 100_000), ordered ? got : got.Order());
        Assert.Equal((100_000, 0, 0), (pool.GetStatistics().TotalCompleted, pool.GetStatistics().CurrentQueued, pool.GetStatistics().CurrentRunning));
    }

    [Fact]
    public async Task Map_ValuesOfOtherSizes_Travel()
    {
        await using var pool = Pool();
        List<(byte, decimal)> got = [];
        await foreach (var x in pool.MapAsync(Enumerable.Range(0, 3000).Select(i => ((byte)i, (decimal)i / 3)), Jobs.Echo)) got.Add(x);
        Assert.Equal(Enumerable.Range(0, 3000).Select(i => ((byte)i, (decimal)i / 3)), got);
        int add = 5;
        List<long> sums = [];
        await foreach (long x in pool.MapAsync(Enumerable.Range(0, 3000), x => (long)x + add)) sums.Add(x);
        Assert.Equal(Enumerable.Range(5, 3000).Select(x => (long)x), sums);
    }

    [Fact]
    public async Task Map_Error_StaysAtItsItem()
    {
        await using var pool = Pool();
        var all = await OutcomesAsync(pool, Enumerable.Range(0, 2000), static x => x % 300 == 299 ? throw new FormatException(x.ToString(CultureInfo.InvariantCulture)) : x, new MapOptions { ChunkSize = 500 });
        Assert.Equal(Enumerable.Range(0, 2000), all.Select(o => o.Input));
        Assert.Equal(Enumerable.Range(0, 2000).Select(x => (long)x), all.Select(o => o.Index));
        foreach (var o in all)
        {
            if (o.Input % 300 == 299) Assert.Equal($"{o.Input}", Assert.IsType<FormatException>(o.Error).Message);
            else Assert.Equal((o.Input, null), (o.Result, o.Error));
        }
        Assert.Equal((1994, 6), (pool.GetStatistics().TotalCompleted, pool.GetStatistics().TotalFailed));
        List<int> got = [];
        await Assert.ThrowsAsync<FormatException>(async () =>
        {
            await foreach (int x in pool.MapAsync(Enumerable.Range(0, 2000), static x => x == 777 ? throw new FormatException() : x)) got.Add(x);
        });
        Assert.Equal(Enumerable.Range(0, 777), got);
    }

    // A crash takes along the item that ran; what was done has its result, what had not begun runs elsewhere, and nothing twice.
    [Fact]
    public async Task Map_Crash_TakesAlongOneItem_AndNothingRunsTwice()
    {
        using var folder = new Folder();
        await using var pool = Pool(2);
        string path = folder["log"];
        var all = await OutcomesAsync(pool, Enumerable.Range(0, 900), x =>
        {
            File.AppendAllText($"{path}{x}", "x");
            return x is 100 or 350 or 899 ? Jobs.KillMyself(9) : x;
        }, new MapOptions { ChunkSize = 200 }).WaitAsync(s_limit);
        Assert.Equal([100, 350, 899], all.Where(o => o.Error is WorkerCrashedException).Select(o => o.Input));
        Assert.Equal(897, all.Count(o => o.Error is null && o.Result == o.Input));
        Assert.All(Enumerable.Range(0, 900), x => Assert.Equal(1, new FileInfo($"{path}{x}").Length));
        Assert.Equal((897, 3), (pool.GetStatistics().TotalCompleted, pool.GetStatistics().TotalFailed));
    }

    [Fact]
    public async Task Map_KilledFromOutside_AgainAndAgain_NothingIsLostOrDoubled()
    {
        await using var pool = Pool(2);
        var random = new Random(20261126);
        using var stop = new CancellationTokenSource();
        var killer = Task.Run(async () =>
        {
            while (!stop.IsCancellationRequested)
            {
                if (pool.GetWorkerProcessIds() is { Count: > 0 } ids) Native.Kill(ids[random.Next(ids.Count)], 9);
                await Task.Delay(random.Next(30, 150));
            }
        });
        var all = await OutcomesAsync(pool, Enumerable.Range(0, 3_000_000), Jobs.Noop).WaitAsync(s_limit);
        stop.Cancel();
        await killer;
        Assert.Equal(Enumerable.Range(0, 3_000_000), all.Select(o => o.Input));
        Assert.All(all.Where(o => o.Error is null), o => Assert.Equal(o.Input, o.Result));
        Assert.All(all.Where(o => o.Error is not null), o => Assert.IsType<WorkerCrashedException>(o.Error));
        Assert.Equal(3_000_000, pool.GetStatistics().TotalCompleted + pool.GetStatistics().TotalFailed);
    }

    [Fact]
    public async Task Map_LeftEarly_CancelsTheRest()
    {
        await using var pool = Pool();
        await foreach (int x in pool.MapAsync(Enumerable.Range(0, int.MaxValue), Jobs.Noop))
        {
            if (x == 50_000) break;
        }
        await Until.TrueAsync(() => pool.GetStatistics() is { CurrentQueued: 0, CurrentRunning: 0 }, "nothing is left");
        Assert.Equal(4, await pool.SubmitAsync(Jobs.Square, 2));
    }

    [Fact]
    public async Task Map_Cancelled_RaisesWithTheCallersToken()
    {
        await using var pool = Pool();
        using var source = new CancellationTokenSource();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (int x in pool.MapAsync(Enumerable.Range(0, int.MaxValue), Jobs.Noop, cancellationToken: source.Token))
            {
                if (x == 20_000) source.Cancel();
            }
        });
        Assert.Equal(source.Token, error.CancellationToken);
    }

    // A deaf item in a batch is killed like any other.
    [Fact]
    public async Task Map_LeftWhileAnItemHangs_KillsIt()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Grace = TimeSpan.FromMilliseconds(100) });
        using var source = new CancellationTokenSource(TimeSpan.FromMilliseconds(500));
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => OutcomesCancelledAsync(pool, source.Token).WaitAsync(s_limit));
        Assert.Equal(4, await pool.SubmitAsync(Jobs.Square, 2));
    }

    private static async Task OutcomesCancelledAsync(Executor pool, CancellationToken token)
    {
        await foreach (var _ in pool.MapOutcomesAsync(Enumerable.Range(0, 100_000), static x =>
        {
            while (x == 30_000) Thread.Yield();
            return x;
        }, cancellationToken: token)) { }
    }

    [Fact]
    public async Task Map_SlowInputs_DoNotHoldResultsBack()
    {
        await using var pool = Pool();
        int read = 0;
        IEnumerable<int> Inputs()
        {
            for (int i = 0; ; i++)
            {
                if (i >= 20_000) Thread.Sleep(10);
                read = i;
                yield return i;
            }
        }
        await foreach (int x in pool.MapAsync(Inputs(), Jobs.Noop))
        {
            if (x < 20_100) continue;
            Assert.InRange(read - x, 0, 60);
            break;
        }
    }

    [Fact]
    public async Task Map_ItemsThatBecomeLong_AreShared()
    {
        await using var pool = Pool(2);
        List<int> got = [];
        await foreach (int x in pool.MapAsync(Enumerable.Range(0, 1200), SlowFrom1000)) got.Add(x);
        Assert.Equal(Enumerable.Range(0, 1200), got);
    }

    [Fact]
    public async Task Map_LookAhead_BoundsTheBatches()
    {
        await using var pool = Pool();
        int read = 0, taken = 0, furthest = 0;
        IEnumerable<int> Inputs()
        {
            while (true)
            {
                furthest = Math.Max(furthest, ++read - taken);
                yield return read;
            }
        }
        await foreach (int _ in pool.MapAsync(Inputs(), Jobs.Noop, new MapOptions { LookAhead = 50 }))
        {
            if (++taken == 5000) break;
        }
        Assert.InRange(furthest, 2, 50 + 16); // the batch that is being read out counts as taken item by item
    }

    [Fact]
    public async Task Map_AsyncLocalOfAnItem_DoesNotReachTheNext()
    {
        await using var pool = Pool();
        List<int> got = [];
        await foreach (int x in pool.MapAsync(Enumerable.Range(0, 1000), Leak, new MapOptions { ChunkSize = 100 })) got.Add(x);
        Assert.All(got, x => Assert.Equal(0, x));
    }

    [Fact]
    public async Task Map_OnAPoolThatHasWorked_AndAfterwards()
    {
        await using var pool = Pool(2);
        for (int i = 0; i < 20; i++) await pool.SubmitAsync(Jobs.Noop, i);
        for (int round = 0; round < 3; round++)
        {
            var batched = Task.Run(() => OutcomesAsync(pool, Enumerable.Range(0, 50_000), Jobs.Noop));
            for (int i = 0; i < 50; i++) Assert.Equal(i, await pool.SubmitAsync(Jobs.Noop, i));
            Assert.Equal(50_000, (await batched.WaitAsync(s_limit)).Count(o => o.Error is null));
        }
    }

    [Fact]
    public async Task Shutdown_DuringAMap_EndsIt()
    {
        var pool = Pool();
        await Assert.ThrowsAnyAsync<Exception>(async () =>
        {
            await foreach (int x in pool.MapAsync(Enumerable.Range(0, int.MaxValue), Jobs.Noop))
            {
                if (x == 20_000) await pool.ShutdownAsync(ShutdownMode.CancelAll).WaitAsync(s_limit);
            }
        });
        await pool.DisposeAsync();
    }

    // B9
    [Fact]
    public void ChunkSize_BelowOne_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => new MapOptions { ChunkSize = 0 });
}
