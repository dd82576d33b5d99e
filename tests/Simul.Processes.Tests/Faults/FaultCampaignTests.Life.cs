namespace Simul.Processes.Tests.Faults;

public sealed partial class FaultCampaignTests
{
    [Theory]
    [InlineData(Way.SharedMemory)]
    [InlineData(Way.Sockets)]
    public async Task Pools_OpenedAndClosedManyTimes_LeaveNothing(Way way)
    {
        await RoundAsync();
        await RoundAsync();
        var before = Belongings.Count();
        int threads = CountThreads();
        long memory = GC.GetTotalMemory(forceFullCollection: true);
        for (int i = s_stress ? 1_000 : 15; i > 0; i--) await RoundAsync();
        await before.AssertKeptAsync(_workers);
        await Until.TrueAsync(() => CountThreads() <= threads + 10, () => $"{threads} threads as before, not {CountThreads()}"); // the thread pool has its own mind
        Assert.InRange(GC.GetTotalMemory(forceFullCollection: true), 0, memory + (4 << 20));

        async Task RoundAsync()
        {
            await using var pool = Open(way, options => options with { Workers = 2 });
            int[] squares = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => pool.SubmitAsync(Jobs.Square, i)));
            Assert.Equal([0, 1, 4, 9], squares);
            foreach (int id in pool.GetWorkerProcessIds()) _workers.Add(WorkerTrace.Of(id));
        }
    }

    // A104: 100 MB on standard error, in lines and in one that never ends.
    [Theory]
    [InlineData(Way.SharedMemory, true)]
    [InlineData(Way.SharedMemory, false)]
    [InlineData(Way.Portable, true)]
    [InlineData(Way.Portable, false)]
    public async Task Flood_OfStandardError_NeitherBlocksTheWorkerNorFillsTheParent(Way way, bool lines)
    {
        const int Bytes = 100 << 20;
        long heard = 0, most = 0;
        GC.Collect();
        long before = GC.GetTotalMemory(forceFullCollection: true);
        await using var pool = Open(way, options => options with
        {
            OutputHandler = output =>
            {
                Interlocked.Add(ref heard, output.Line.Length);
                if (heard % 100_000 < output.Line.Length) most = Math.Max(most, GC.GetTotalMemory(forceFullCollection: false));
            },
        });
        Assert.Equal(Bytes, await pool.SubmitAsync(FaultyWork.Flood, (Bytes, lines)).WaitAsync(s_limit));
        Assert.Equal(25, await pool.SubmitAsync(Jobs.Square, 5));
        // All but the ends of lines, and what is on its way yet.
        await Until.TrueAsync(() => Interlocked.Read(ref heard) >= Bytes - (lines ? Bytes / FaultyWork.FloodLine : 0) - 10_000, () => $"heard {heard} characters of {Bytes}");
        long after = GC.GetTotalMemory(forceFullCollection: true);
        Assert.True(after - before < 10 << 20, $"{after - before} bytes more after the flood");
        Assert.True(most - before < 300L << 20, $"{most - before} bytes more during the flood");
    }

    private static int CountThreads() => Directory.GetDirectories("/proc/self/task").Length;
}
