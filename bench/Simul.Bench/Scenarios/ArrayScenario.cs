using Simul.Bench.Measuring;

namespace Simul.Bench.Scenarios;

/// <summary>Arrays of doubles to a worker that sums them, and back from one that makes them.</summary>
internal static class ArrayScenario
{
    public static async Task RunAsync(int mebibytes)
    {
        long bytes = mebibytes * 1024L * 1024;
        double[] numbers = new double[bytes / sizeof(double)];
        Array.Fill(numbers, 1);
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        await MeasureAsync("send_sum_back", bytes, async () => Check(await pool.SubmitAsync(BenchWork.SumMemory, (ReadOnlyMemory<double>)numbers), numbers.Length));
        await MeasureAsync("send_sum_back_array", bytes, async () => Check(await pool.SubmitAsync(BenchWork.SumArray, numbers), numbers.Length));
        using var shared = SharedArray<double>.From(numbers);
        await MeasureAsync("send_sum_back_shared", bytes, async () => Check(await pool.SubmitAsync(BenchWork.SumShared, shared), numbers.Length));
        await MeasureAsync("get_back", bytes, async () => Check((await pool.SubmitAsync(BenchWork.MakeArray, numbers.Length)).Length, numbers.Length));
    }

    private static async Task MeasureAsync(string metric, long bytes, Func<Task> body)
    {
        var values = await Measure.PerOperationAsync(1, body);
        Measure.Emit("W7", metric, [.. values.Select(ns => bytes / ns)], "GB/s", bytes);
    }

    private static void Check(double result, double expected)
    {
        if (result != expected) throw new InvalidOperationException($"{result} came back, not {expected}.");
    }
}
