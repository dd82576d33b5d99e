using System.Diagnostics;
using Simul.Bench.Measuring;

namespace Simul.Bench.Scenarios;

/// <summary>The sum of the primes below N in one and in two workers: the peers' very loop, on threads and on processes.</summary>
internal static class CpuScenario
{
    public static async Task RunAsync(int n)
    {
        await using (var threads = new ThreadExecutor(new ThreadExecutorOptions { Workers = 2 })) await SpeedUpAsync("threads", threads, n);
        await using (var processes = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 })) await SpeedUpAsync("processes", processes, n);
    }

    private static async Task SpeedUpAsync(string engine, Executor executor, int n)
    {
        await WarmUpAsync(executor, n);
        double[] one = new double[Measure.Repeats], two = new double[Measure.Repeats], speedUp = new double[Measure.Repeats];
        for (int i = 0; i < Measure.Repeats; i++)
        {
            one[i] = await OnceAsync(executor, n, of: 1);
            two[i] = await OnceAsync(executor, n, of: 2);
            speedUp[i] = one[i] / two[i];
        }
        Measure.Emit("W8", engine + "_1", one, "ms", n);
        Measure.Emit("W8", engine + "_2", two, "ms", n);
        Measure.Emit("W8", engine + "_speedup", speedUp, "x", n);
    }

    // Speed-up is two workers against one, not against the compiler. Until a method was called 30 times and the compiler found
    // a quiet tenth of a second, it works beside us, here and in each worker, on the cores that are to be measured.
    private static async Task WarmUpAsync(Executor executor, int n)
    {
        for (int round = 0; round < 3; round++)
        {
            for (int i = 0; i < 100; i++) await OnceAsync(executor, n / 100, of: 2);
            await Task.Delay(400);
        }
        await OnceAsync(executor, n, of: 2);
    }

    private static async Task<double> OnceAsync(Executor executor, int n, int of)
    {
        long started = Stopwatch.GetTimestamp();
        await Task.WhenAll(Enumerable.Range(0, of).Select(me => executor.SubmitAsync(BenchWork.SumPrimes, new PrimeRange(n, me, of))));
        return Stopwatch.GetElapsedTime(started).TotalMilliseconds;
    }
}
