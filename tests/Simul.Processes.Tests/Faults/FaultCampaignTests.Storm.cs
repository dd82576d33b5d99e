namespace Simul.Processes.Tests.Faults;

public sealed partial class FaultCampaignTests
{
    // Workers die at random, and every item ends exactly once all the same. What is tried again is counted, and nothing runs
    // oftener than it was tried.
    [Theory]
    [InlineData(Way.SharedMemory)]
    [InlineData(Way.Sockets)]
    public async Task Storm_OfKills_EveryItemEndsOnce(Way way)
    {
        int items = s_stress ? 100_000 : 2_000;
        int microseconds = s_stress ? 20 : 200; // so that some are killed in the short form, too
        const int Attempts = 50;
        var interval = TimeSpan.FromMilliseconds(100);
        var random = new Random(20261126);
        using var runs = SharedArray<int>.Create(items);
        await using var pool = Open(way, options => options with { Workers = 2 });
        using var stop = new CancellationTokenSource();
        int kills = 0;
        var killer = Task.Run(async () =>
        {
            using var timer = new PeriodicTimer(interval);
            while (await timer.WaitForNextTickAsync() && !stop.IsCancellationRequested)
            {
                if (pool.GetWorkerProcessIds() is not { Count: > 0 } ids) continue;
                Native.Kill(ids[random.Next(ids.Count)], 9);
                kills++;
            }
        });
        var map = new MapOptions { Retry = new RetryPolicy { Attempts = Attempts, PoisonLimit = Attempts }, Ordered = false };
        long retries = 0;
        bool[] ended = new bool[items];
        await foreach (var outcome in pool.MapOutcomesAsync(Enumerable.Range(0, items).Select(i => (runs, i, microseconds)), FaultyWork.CountRun, map))
        {
            Assert.Null(outcome.Error);
            int index = outcome.Result;
            Assert.Equal(outcome.Index, index);
            Assert.False(ended[index], $"item {index} ended twice");
            ended[index] = true;
            // A worker may die between its word that it has taken an item and the method's first line.
            Assert.InRange(runs[index], 1, outcome.Attempts);
            retries += outcome.Attempts - 1;
        }
        stop.Cancel();
        await killer;
        Assert.DoesNotContain(false, ended);
        AssertBooks(pool, items, 0);
        Assert.Equal(retries, pool.GetStatistics().TotalRetries);
        Assert.True(kills > 0, "nobody was killed");
        output.WriteLine($"{items} items, {kills} workers killed, {retries} further attempts");
    }
}
