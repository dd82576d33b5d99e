using Simul.Bench.Measuring;

namespace Simul.Bench.Scenarios;

/// <summary>One task's step to the loop and back, in each of the four ways to suspend.</summary>
internal static class SuspendScenario
{
    public static void Run(int n) => EventLoop.Run(async () =>
    {
        Measure.Emit("suspend", "callbacks", await Measure.PerOperationAsync(n, () => CallbacksAsync(n)), "ns", n);
        Measure.Emit("suspend", "async", await Measure.PerOperationAsync(n, async () => await EventLoop.Current.Spawn(() => YieldAsync(n))), "ns", n);
    });

    // One callback that asks for the next.
    private static async Task CallbacksAsync(int n)
    {
        var loop = EventLoop.Current;
        var done = new Future<bool>();
        int left = n;
        Action step = null!;
        step = () =>
        {
            if (--left == 0) done.SetResult(true);
            else loop.CallSoon(step);
        };
        loop.CallSoon(step);
        await done;
    }

    private static async Task YieldAsync(int times)
    {
        for (int i = 0; i < times; i++) await EventLoop.Yield();
    }
}
