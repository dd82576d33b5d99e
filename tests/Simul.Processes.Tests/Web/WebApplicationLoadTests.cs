using System.Collections.Concurrent;

namespace Simul.Processes.Tests.Web;

// Many requests at once. With an application of its own: a request that was aborted may reach it after the test.
public sealed class WebApplicationLoadTests
{
    [Fact]
    public async Task Requests_InParallelWithCrashesAndAborts_EachGetTheirOwnOutcome()
    {
        const int requests = 400;
        using var application = await WebApplicationProcess.StartAsync();
        var wrong = new ConcurrentQueue<string>();
        await Parallel.ForEachAsync(Enumerable.Range(0, requests), new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (i, _) =>
        {
            string outcome = await OutcomeAsync(i);
            if (outcome != Expected(i) && !(IsAborted(i) && outcome == "aborted")) wrong.Enqueue($"{i}: {outcome}");
        });
        Assert.Empty(wrong);

        // An aborted request may still be on its way to its end, or to its beginning; nothing else may.
        long crashes = Enumerable.Range(0, requests).Count(IsCrash), aborted = Enumerable.Range(0, requests).Count(IsAborted);
        var books = (await application.PoolAsync(static pool => pool.Statistics is { CurrentQueued: 0, CurrentRunning: 0 }, "the pool is idle")).Statistics;
        Assert.Equal(crashes, books.TotalFailed);
        Assert.InRange(books.TotalCompleted + books.TotalCancelled, requests - crashes - aborted, requests - crashes);
        Assert.Equal([application.Id], application.Mains);

        static bool IsCrash(int i) => i % 50 == 7;
        static bool IsAborted(int i) => i % 10 == 3;
        static string Expected(int i) => IsCrash(i) ? "InternalServerError" : CountPrimes(1000 + i).ToString();

        async Task<string> OutcomeAsync(int i)
        {
            // From at once to later than the answer: an abort may come at any point of a request.
            using var abort = new CancellationTokenSource();
            if (IsAborted(i)) abort.CancelAfter(TimeSpan.FromMilliseconds(i / 10 % 8));
            try
            {
                using var answer = await application.Client.GetAsync(IsCrash(i) ? "/crash/exit" : $"/primes/{1000 + i}", abort.Token);
                return answer.IsSuccessStatusCode ? await answer.Content.ReadAsStringAsync(CancellationToken.None) : answer.StatusCode.ToString();
            }
            catch (OperationCanceledException)
            {
                return "aborted";
            }
        }
    }

    private static int CountPrimes(int below) =>
        Enumerable.Range(2, below - 2).Count(static n => Enumerable.Range(2, n - 2).TakeWhile(d => d * d <= n).All(d => n % d != 0));
}
