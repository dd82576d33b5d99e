using Simul.Bench.Measuring;

namespace Simul.Bench.Scenarios;

/// <summary>One task's step to the loop and back, with 1 and with 1,000 tasks taking turns.</summary>
internal static class YieldScenario
{
    public static void Run(int n) => EventLoop.Run(async () =>
    {
        foreach (int tasks in new[] { 1, 1000 })
        {
            int each = n / tasks;
            Func<Task> body = () => YieldAsync(each);
            Measure.Emit("W1", $"switch_{tasks}", await Measure.PerOperationAsync(n, () => TaskGroup.RunAsync(group =>
            {
                for (int i = 0; i < tasks; i++) group.Spawn(body);
                return Task.CompletedTask;
            })), "ns", n);
        }
    });

    private static async Task YieldAsync(int times)
    {
        for (int i = 0; i < times; i++) await EventLoop.Yield();
    }
}
