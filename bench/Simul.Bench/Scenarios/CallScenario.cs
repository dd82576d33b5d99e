using System.Diagnostics;
using Simul.Bench.Measuring;

namespace Simul.Bench.Scenarios;

/// <summary>One call of a method that does nothing in a pool of two worker processes.</summary>
internal static class CallScenario
{
    private const int Silences = 40;
    private static readonly TimeSpan Silence = TimeSpan.FromMilliseconds(5), IdleTime = TimeSpan.FromSeconds(2);

    public static async Task RunAsync(int n)
    {
        await ColdStartAsync();
        await using var pool = TwoWorkers();
        await pool.SubmitAsync(BenchWork.Nothing, 1);
        await RoundTripAsync(pool, "round_trip", n / 10);
        await ThroughputAsync(pool, n);
        await BatchedThroughputAsync(pool, n);
        await AfterSilenceAsync(pool);
        await IdleAsync();
    }

    public static async Task RunOnOneCoreAsync(int n)
    {
        await using var pool = TwoWorkers();
        await RoundTripAsync(pool, "round_trip_1core", n / 10);
    }

    private static async Task ColdStartAsync()
    {
        var values = new double[Measure.Repeats];
        for (int i = 0; i < values.Length; i++)
        {
            long started = Stopwatch.GetTimestamp();
            var pool = TwoWorkers();
            await pool.SubmitAsync(BenchWork.Nothing, 1);
            values[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
            await pool.DisposeAsync();
        }
        Measure.Emit("W6", "cold_start_first_result", values, "ms", 1);
    }

    private static async Task RoundTripAsync(Executor pool, string metric, int n)
    {
        var values = await Measure.PerOperationAsync(n, async () =>
        {
            for (int i = 0; i < n; i++) await pool.SubmitAsync(BenchWork.Nothing, i);
        });
        Measure.Emit("W6", metric, [.. values.Select(ns => ns / 1e3)], "us", n);
    }

    // All handed over at once and every call its own message, as the peers' map does it.
    private static async Task ThroughputAsync(Executor pool, int n)
    {
        var options = new MapOptions { LookAhead = n, ChunkSize = 1 };
        var values = await Measure.PerOperationAsync(n, async () =>
        {
            int count = 0;
            await foreach (int _ in pool.MapAsync(Enumerable.Range(0, n), BenchWork.Nothing, options)) count++;
            if (count != n) throw new InvalidOperationException($"{count} results came back, not {n}.");
        });
        Measure.Emit("W6", "throughput", [.. values.Select(ns => 1e9 / ns)], "calls/s", n);
    }

    // In the map's default way: as many in one message as are worth it.
    private static async Task BatchedThroughputAsync(Executor pool, int n)
    {
        var values = await Measure.PerOperationAsync(n, async () =>
        {
            int count = 0;
            await foreach (int _ in pool.MapAsync(Enumerable.Range(0, n), BenchWork.Nothing)) count++;
            if (count != n) throw new InvalidOperationException($"{count} results came back, not {n}.");
        });
        Measure.Emit("W6", "throughput_batched", [.. values.Select(ns => 1e9 / ns)], "calls/s", n);
    }

    private static async Task AfterSilenceAsync(Executor pool)
    {
        var values = new double[Measure.Repeats];
        for (int repeat = -1; repeat < values.Length; repeat++)
        {
            double total = 0;
            for (int i = 0; i < Silences; i++)
            {
                await Task.Delay(Silence);
                long started = Stopwatch.GetTimestamp();
                await pool.SubmitAsync(BenchWork.Nothing, i);
                total += Stopwatch.GetElapsedTime(started).TotalMicroseconds;
            }
            if (repeat >= 0) values[repeat] = total / Silences;
        }
        Measure.Emit("W6", "round_trip_idle", values, "us", Silences);
    }

    // A pool of its own: the measured ones have worked and hold what work leaves behind.
    private static async Task IdleAsync()
    {
        await using var pool = TwoWorkers();
        while (pool.GetWorkerProcessIds().Count < 2)
        {
            // Long enough that one worker cannot do both.
            await Task.WhenAll(pool.SubmitAsync(BenchWork.Pause, 100), pool.SubmitAsync(BenchWork.Pause, 100));
        }
        await Task.Delay(1000); // what starting set in motion has come to rest
        int[] workers = [.. pool.GetWorkerProcessIds()];
        Measure.Emit("W6", "idle_worker_bytes", [workers.Average(ProportionalBytes)], "bytes", workers.Length);
        int[] all = [Environment.ProcessId, .. workers];
        string observer = File.ReadAllText("/proc/thread-self/stat").Split(' ')[0];
        double busy = all.Sum(pid => BusyNanoseconds(pid, observer));
        long started = Stopwatch.GetTimestamp();
        Thread.Sleep(IdleTime); // and not a wait that another thread may end
        busy = all.Sum(pid => BusyNanoseconds(pid, observer)) - busy;
        Measure.Emit("W6", "idle_pool_cpu", [busy / 1e6 / Stopwatch.GetElapsedTime(started).TotalSeconds], "ms/s", 1);
    }

    private static ProcessExecutor TwoWorkers() => new(new ProcessExecutorOptions { Workers = 2 });

    private static double ProportionalBytes(int pid) =>
        File.ReadLines($"/proc/{pid}/smaps_rollup").Where(l => l.StartsWith("Pss:", StringComparison.Ordinal)).Select(l => double.Parse(l.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]) * 1024).First();

    // The scheduler's own count for each thread: ticks are too coarse for something idle. Neither the thread that looks nor the
    // compiler that its looking keeps busy is the pool's.
    private static double BusyNanoseconds(int pid, string observer) =>
        Directory.GetDirectories($"/proc/{pid}/task")
            .Where(thread => Path.GetFileName(thread) != observer && !File.ReadAllText(Path.Combine(thread, "comm")).StartsWith(".NET Tiered", StringComparison.Ordinal))
            .Sum(thread => double.Parse(File.ReadAllText(Path.Combine(thread, "schedstat")).Split(' ')[0]));
}
