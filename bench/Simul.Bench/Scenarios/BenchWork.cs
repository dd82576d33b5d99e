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
