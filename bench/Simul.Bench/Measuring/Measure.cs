using System.Diagnostics;

namespace Simul.Bench.Measuring;

/// <summary>Warm-up, repeats, and the result line, the same as the peers' own.</summary>
internal static class Measure
{
    // Longer than this a warm-up that never agrees with itself is taken as it is; the spread then shows in the line.
    private static readonly TimeSpan ShortestWarmUp = TimeSpan.FromSeconds(2), LongestWarmUp = TimeSpan.FromSeconds(8);

    public static int Repeats { get; } = int.Parse(Environment.GetEnvironmentVariable("REPEATS") ?? "5");

    /// <summary>Warms up until two repeats agree within 5 % (at least 2 s), then measures.</summary>
    /// <returns>Nanoseconds for each operation, one figure a repeat.</returns>
    public static async Task<double[]> PerOperationAsync(long operations, Func<Task> body, bool warmUp = true)
    {
        if (warmUp) await WarmUpAsync(body);
        var values = new double[Repeats];
        for (int i = 0; i < values.Length; i++)
        {
            long started = Stopwatch.GetTimestamp();
            await body();
            values[i] = Stopwatch.GetElapsedTime(started).TotalNanoseconds / operations;
        }
        return values;
    }

    /// <summary>The same for a body that blocks.</summary>
    public static double[] PerOperation(long operations, Action body, bool warmUp = true) =>
        PerOperationAsync(operations, () =>
        {
            body();
            return Task.CompletedTask;
        }, warmUp).GetAwaiter().GetResult();

    public static void Emit(string workload, string metric, double[] values, string unit, long n)
    {
        Array.Sort(values);
        Console.WriteLine($$"""{"peer":"simul","workload":"{{workload}}","metric":"{{metric}}","value":{{values[values.Length / 2]:G6}},"unit":"{{unit}}","n":{{n}},"repeats":{{values.Length}},"min":{{values[0]:G6}},"max":{{values[^1]:G6}}}""");
    }

    public static double ResidentBytes() => double.Parse(File.ReadAllText("/proc/self/statm").Split(' ')[1]) * Environment.SystemPageSize;

    /// <summary>The sleeps of the sleepers: the same seed, so the same sleeps in each run.</summary>
    public static TimeSpan[] Delays(int count, double lowMilliseconds, double highMilliseconds)
    {
        var random = new Random(1);
        var delays = new TimeSpan[count];
        for (int i = 0; i < count; i++) delays[i] = TimeSpan.FromMilliseconds(lowMilliseconds + random.NextDouble() * (highMilliseconds - lowMilliseconds));
        return delays;
    }

    private static async Task WarmUpAsync(Func<Task> body)
    {
        long begun = Stopwatch.GetTimestamp();
        for (double last = 0; ;)
        {
            long started = Stopwatch.GetTimestamp();
            await body();
            double took = Stopwatch.GetElapsedTime(started).TotalSeconds;
            var all = Stopwatch.GetElapsedTime(begun);
            bool agrees = last > 0 && Math.Abs(took / last - 1) < 0.05;
            last = took;
            if (all > LongestWarmUp || (all > ShortestWarmUp && agrees)) return;
        }
    }
}
