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
        Measure.Emit("suspend", "greenlets", await RoundTripsAsync(n / GreenletShare), "ns", n / GreenletShare);
    }, new EventLoopOptions { Greenlets = new GreenletOptions { SpinTime = TimeSpan.Zero } });

    /// <summary>The same step of a greenlet where there is a processor to watch for the other side on. Not pinned.</summary>
    public static void RunSpinning(int n) => EventLoop.Run(async () =>
        Measure.Emit("suspend", "greenlets_spinning", await RoundTripsAsync(n), "ns", n));

    /// <summary>Many greenlets parked at once: what it takes to start and park each, to wake and end each, and their memory.</summary>
    public static void RunParked(int n) => EventLoop.Run(async () =>
    {
        double before = Measure.ResidentBytes();
        var clock = System.Diagnostics.Stopwatch.StartNew();
        await TaskGroup.RunAsync(async group =>
        {
            var gate = new Future<bool>();
            int parked = 0;
            for (int i = 0; i < n; i++)
            {
                _ = group.Spawn(() => Greenlet.RunAsync(() =>
                {
                    parked++;
                    Greenlet.Await(gate);
                }));
            }
            while (parked < n) await EventLoop.Yield();
            Measure.Emit("suspend", "greenlets_parked_start", [clock.Elapsed.TotalMicroseconds / n], "us", n);
            Measure.Emit("suspend", "greenlets_parked_bytes", [(Measure.ResidentBytes() - before) / n], "bytes", n);
            clock.Restart();
            gate.SetResult(true);
        });
        Measure.Emit("suspend", "greenlets_parked_wake", [clock.Elapsed.TotalMicroseconds / n], "us", n);
    });

    private static Task<double[]> RoundTripsAsync(int steps) => Measure.PerOperationAsync(steps, () => SpawnAsync(() => Greenlet.RunAsync(() =>
    {
        for (int i = 0; i < steps; i++) Greenlet.Yield();
    })));

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
