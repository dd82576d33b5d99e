using Simul.Bench.Measuring;

namespace Simul.Bench.Scenarios;

/// <summary>Starts loop tasks in groups of 1,000 and reads their results.</summary>
internal static class SpawnScenario
{
    private static readonly Func<Task<int>> ReturnsAtOnce = static () => Task.FromResult(1);
    private static readonly Func<Task<int>> YieldsOnce = static async () =>
    {
        await EventLoop.Yield();
        return 1;
    };

    public static void Run(int n) => EventLoop.Run(async () =>
    {
        Measure.Emit("W2", "spawn_join", await Measure.PerOperationAsync(n, () => SpawnAndJoinAsync(n, ReturnsAtOnce)), "ns", n);
        Measure.Emit("W2", "spawn_join_yield", await Measure.PerOperationAsync(n, () => SpawnAndJoinAsync(n, YieldsOnce)), "ns", n);
    });

    private static async Task SpawnAndJoinAsync(int n, Func<Task<int>> body)
    {
        var loop = EventLoop.Current;
        var tasks = new LoopTask<int>[1000];
        int sum = 0;
        for (int i = 0; i < n / tasks.Length; i++)
        {
            for (int k = 0; k < tasks.Length; k++) tasks[k] = loop.Spawn(body);
            foreach (var task in tasks) sum += await task;
        }
        if (sum != n / tasks.Length * tasks.Length) throw new InvalidOperationException($"{sum} results came back, not {n}.");
    }
}
