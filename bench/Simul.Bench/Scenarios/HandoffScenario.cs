using System.Threading.Channels;
using Simul.Bench.Measuring;

namespace Simul.Bench.Scenarios;

/// <summary>One item through a queue of capacity 1 between two tasks of one loop; a lock, alone and contended.</summary>
internal static class HandoffScenario
{
    public static void Run(int n) => EventLoop.Run(async () =>
    {
        Measure.Emit("W4", "queue_handoff", await Measure.PerOperationAsync(n, () => PassItemsAsync(LoopChannel.CreateBounded<int>(1), n)), "ns", n);
        Measure.Emit("W4", "queue_handoff_bcl", await Measure.PerOperationAsync(n, () => PassItemsAsync(Channel.CreateBounded<int>(1), n)), "ns", n);
        var gate = new AsyncLock();
        Measure.Emit("W4", "lock_free", await Measure.PerOperationAsync(n, () => TakeAloneAsync(gate, n)), "ns", n);
        Measure.Emit("W4", "lock_contended_100", await Measure.PerOperationAsync(n, () => TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < 100; i++) group.Spawn(() => TakeInTurnsAsync(gate, n / 100));
            return Task.CompletedTask;
        })), "ns", n);
    });

    // Ours, and the BCL's used on the loop: both have the same face.
    private static Task PassItemsAsync(Channel<int> queue, int n)
    {
        return TaskGroup.RunAsync(group =>
        {
            group.Spawn(async () =>
            {
                for (int i = 0; i < n; i++) await queue.Writer.WriteAsync(i);
            });
            group.Spawn(async () =>
            {
                for (int i = 0; i < n; i++) await queue.Reader.ReadAsync();
            });
            return Task.CompletedTask;
        });
    }

    private static async Task TakeAloneAsync(AsyncLock gate, int n)
    {
        for (int i = 0; i < n; i++)
        {
            using (await gate.LockAsync())
            {
            }
        }
    }

    private static async Task TakeInTurnsAsync(AsyncLock gate, int n)
    {
        for (int i = 0; i < n; i++)
        {
            using (await gate.LockAsync()) await EventLoop.Yield();
        }
    }
}
