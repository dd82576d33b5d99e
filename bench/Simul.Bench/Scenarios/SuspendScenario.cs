using Simul.Bench.Measuring;

namespace Simul.Bench.Scenarios;

/// <summary>One task's step to the loop and back, in each of the four ways to suspend.</summary>
internal static class SuspendScenario
{
    // A greenlet changes threads twice for every step: as many steps would take minutes.
    private const int GreenletShare = 50;

    public static void Run(int n) => EventLoop.Run(async () =>
    {
        Measure.Emit("suspend", "callbacks", await Measure.PerOperationAsync(n, () => CallbacksAsync(n)), "ns", n);
        Measure.Emit("suspend", "generators", await Measure.PerOperationAsync(n, () => SpawnAsync(() => Generator.RunAsync(Yields(n)))), "ns", n);
        Measure.Emit("suspend", "async", await Measure.PerOperationAsync(n, () => SpawnAsync(() => YieldAsync(n))), "ns", n);
        int steps = n / GreenletShare;
        Measure.Emit("suspend", "greenlets", await Measure.PerOperationAsync(steps, () => SpawnAsync(() => Greenlet.RunAsync(() =>
        {
            for (int i = 0; i < steps; i++) Greenlet.Yield();
        }))), "ns", steps);
    });

    private static async Task SpawnAsync(Func<Task> body) => await EventLoop.Current.Spawn(body);

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

    private static IEnumerable<Suspend> Yields(int times)
    {
        for (int i = 0; i < times; i++) yield return Suspend.Yield;
    }

    private static async Task YieldAsync(int times)
    {
        for (int i = 0; i < times; i++) await EventLoop.Yield();
    }
}
