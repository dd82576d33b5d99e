using System.Numerics;
using System.Runtime.InteropServices;

namespace Simul.Bench.Scenarios;

/// <summary>Which of the 64 blocks of the numbers below <paramref name="Limit"/> a worker takes: every <paramref name="Of"/>-th.</summary>
public sealed record PrimeRange(int Limit, int Me, int Of);

/// <summary>What the pools call. Public: a worker process looks the methods up.</summary>
public static class BenchWork
{
    public static int Nothing(int x) => x;

    public static int Pause(int milliseconds)
    {
        Thread.Sleep(milliseconds);
        return milliseconds;
    }

    public static double SumArray(double[] numbers) => SumMemory(numbers);

    public static double SumShared(SharedArray<double> numbers) => Sum(numbers.Span);

    public static double SumMemory(ReadOnlyMemory<double> numbers) => Sum(numbers.Span);

    private static double Sum(ReadOnlySpan<double> numbers)
    {
        // Four sums side by side, or the adder's latency is all there is to measure.
        var span = MemoryMarshal.Cast<double, Vector<double>>(numbers);
        Vector<double> a = default, b = default, c = default, d = default;
        int i = 0;
        for (; i + 4 <= span.Length; i += 4)
        {
            a += span[i];
            b += span[i + 1];
            c += span[i + 2];
            d += span[i + 3];
        }
        for (; i < span.Length; i++) a += span[i];
        double sum = Vector.Sum(a + b + c + d);
        for (i = span.Length * Vector<double>.Count; i < numbers.Length; i++) sum += numbers[i];
        return sum;
    }

    public static double[] MakeArray(int length)
    {
        double[] numbers = GC.AllocateUninitializedArray<double>(length); // as numpy.ones: filled once, not cleared before
        Array.Fill(numbers, 1);
        return numbers;
    }

    public static long SumPrimes(PrimeRange range)
    {
        long sum = 0, n = range.Limit;
        for (long block = range.Me; block < 64; block += range.Of)
        {
            for (long k = Math.Max(2, n * block / 64), end = n * (block + 1) / 64; k < end; k++)
            {
                bool prime = true;
                for (long d = 2; d * d <= k; d++)
                {
                    if (k % d == 0)
                    {
                        prime = false;
                        break;
                    }
                }
                if (prime) sum += k;
            }
        }
        return sum;
    }
}
