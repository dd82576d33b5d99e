namespace Simul.Processes.Tests.Contract;

public abstract partial class ExecutorContract
{
    // Everything at once, ended in every way: each accepted item ends once, is counted once, and the end comes.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task Stress_EveryItemEndsOnce(int seed)
    {
        var random = new Random(seed);
        var mode = (ShutdownMode)(seed % 4);
        var executor = Make(1 + seed % 3, o => o with { QueueLimit = seed % 2 == 0 ? 20 : null, WhenFull = (QueueFullMode)(seed % 4) });
        using var stop = new CancellationTokenSource();
        var submitters = Enumerable.Range(0, 3).Select(_ => new Random(random.Next())).Select(dice => Task.Run(() => SubmitUntilClosedAsync(executor, dice))).ToArray();
        await Until.TrueAsync(() => executor.GetStatistics() is var s && s.TotalCompleted > 100 && s.TotalRetries > 5 && s.TotalCancelled > 5, "all kinds of things happened");
        await Timely(executor.ShutdownAsync(mode, TimeSpan.FromSeconds(20)));
        var ends = new Dictionary<string, long>();
        foreach (var submitter in submitters)
        {
            foreach (var task in await Timely(submitter))
            {
                await Task.WhenAny(task, Task.Delay(s_limit));
                string end = task.IsCompletedSuccessfully ? "completed" : task.IsCanceled ? "cancelled" : task.IsFaulted ? "failed" : "never";
                ends[end] = ends.GetValueOrDefault(end) + 1;
                if (task.Exception?.InnerException is { } error) Assert.True(error is FormatException or TimeoutException or QueueFullException, $"seed {seed}: {error}");
            }
        }
        var statistics = executor.GetStatistics();
        Assert.Equal($"seed {seed}: {statistics.TotalCompleted} {statistics.TotalFailed} {statistics.TotalCancelled} 0",
            $"seed {seed}: {ends.GetValueOrDefault("completed")} {ends.GetValueOrDefault("failed")} {ends.GetValueOrDefault("cancelled")} {ends.GetValueOrDefault("never")}");
        Assert.Equal(0, statistics.CurrentQueued);
    }

    private static async Task<List<Task<int>>> SubmitUntilClosedAsync(Executor executor, Random dice)
    {
        var retry = new RetryPolicy { Attempts = 3, When = static e => e is FormatException };
        List<Task<int>> tasks = [];
        try
        {
            while (true)
            {
                // Not more than can end: what is refused or waits for nothing would pile up.
                if (executor.GetStatistics().CurrentQueued > 200) await Task.Delay(1);
                var options = new WorkOptions
                {
                    Priority = dice.Next(3),
                    Retry = dice.Next(2) == 0 ? retry with { Delay = TimeSpan.FromMilliseconds(dice.Next(3)) } : null,
                    Timeout = dice.Next(10) == 0 ? TimeSpan.FromMilliseconds(1 + dice.Next(30)) : null,
                };
                var source = dice.Next(4) == 0 ? new CancellationTokenSource(TimeSpan.FromMilliseconds(dice.Next(5))) : null;
                var token = source?.Token ?? default;
                tasks.Add(dice.Next(4) switch
                {
                    0 => executor.SubmitAsync(Works.Odd, dice.Next(100), options, token),
                    1 => executor.SubmitAsync(Works.OddAsync, dice.Next(100), options, token),
                    2 => executor.SubmitAsync(Jobs.Noop, 1, options, token),
                    _ => executor.SubmitAsync(Works.Three, options, token),
                });
            }
        }
        catch (ExecutorClosedException)
        {
            return tasks;
        }
    }
}
