using Simul.Bench.Measuring;
using Simul.Diagnostics;

namespace Simul.Bench.Scenarios;

/// <summary>One task's step to the loop and back, plain and with a recorder listening, in one process.</summary>
internal static class ObserveScenario
{
    public static void Run(int n)
    {
        double[] plain = Steps(n, new EventLoopOptions()), recorded = Steps(n, new EventLoopOptions { Observer = new TimelineRecorder() });
        Measure.Emit("observe", "switch_plain", plain, "ns", n);
        Measure.Emit("observe", "switch_recorded", recorded, "ns", n);
        // Each repeat beside the one of the same rank: what the machine does to one it does to the other.
        Measure.Emit("observe", "recording_share", [.. plain.Zip(recorded, (p, r) => (r / p - 1) * 100)], "%", n);
    }

    private static double[] Steps(int n, EventLoopOptions options) => EventLoop.Run(() => Measure.PerOperationAsync(n, () => TaskGroup.RunAsync(group =>
    {
        _ = group.Spawn(() => YieldAsync(n));
        return Task.CompletedTask;
    })), options);

    private static async Task YieldAsync(int times)
    {
        for (int i = 0; i < times; i++) await EventLoop.Yield();
    }
}
