using Simul.Bench.Measuring;

namespace Simul.Bench.Scenarios;

/// <summary>Many sleepers at once: what each costs in memory, and how late the last one is.</summary>
internal static class SleepersScenario
{
    // Long enough that all are asleep when the size is read.
    private const double ShortestMilliseconds = 20_000, LongestMilliseconds = 21_000;
    private static readonly Func<TimeSpan, Task> SleepDelegate = SleepAsync;

    /// <summary>Spawned loop tasks: each in the tree, cancellable, awaitable.</summary>
    public static void RunTasks(int n) => Run("rss_per_sleeper_task", n, delays =>
    {
        var loop = EventLoop.Current;
        var tasks = new LoopTask[n];
        for (int i = 0; i < n; i++) tasks[i] = loop.Spawn(SleepDelegate, delays[i]);
        return tasks;
    });

    /// <summary>Bare async methods on the loop's delay, as .NET's peer has them on Task.Delay.</summary>
    public static void RunAwaits(int n) => Run("rss_per_sleeper_await", n, delays =>
    {
        var tasks = new Task[n];
        for (int i = 0; i < n; i++) tasks[i] = SleepAsync(delays[i]);
        return tasks;
    });

    public static void RunOvershoot(int n) => EventLoop.Run(async () =>
    {
        var delays = Measure.Delays(n, 1, 1000);
        // Not warmed up, as the peers are not: a million sleepers wake once in a program's life.
        var walls = await Measure.PerOperationAsync(1_000_000, () => TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < n; i++) group.Spawn(SleepDelegate, delays[i]);
            return Task.CompletedTask;
        }), warmUp: false);
        Measure.Emit("W3", "overshoot", [.. walls.Select(ms => ms - 1000)], "ms", n);
    });

    private static async Task SleepAsync(TimeSpan delay) => await EventLoop.Delay(delay);

    private static void Run(string metric, int n, Func<TimeSpan[], Array> start) => EventLoop.Run(async () =>
    {
        var delays = Measure.Delays(n, ShortestMilliseconds, LongestMilliseconds);
        double before = Measure.ResidentBytes();
        var sleepers = start(delays);
        await EventLoop.Delay(TimeSpan.FromMilliseconds(50)); // by now every task has run to its sleep
        Measure.Emit("W3", metric, [(Measure.ResidentBytes() - before) / n], "bytes", n);
        GC.Collect();
        Measure.Emit("W3", metric + "_after_gc", [(Measure.ResidentBytes() - before) / n], "bytes", n);
        GC.KeepAlive(sleepers);
        Environment.Exit(0); // nobody waits for a million sleepers to wake
    });
}
