using System.Collections.Concurrent;
using Simul.Processes.Pool;

namespace Simul.Processes.Tests;

public sealed class ReportQueueTests
{
    private const int Large = 1024 * 1024;
    private const int MostWaiting = 3; // of that size; the next one stops the thread

    // With the receiver stopped, the reporting thread stops, too.
    [Fact]
    public async Task AddReport_ReceiverTooSlow_Waits()
    {
        using var gate = new ManualResetEventSlim();
        var queue = new ReportQueue("item");
        var seen = new ConcurrentQueue<int>();
        int added = 0, most = 0;
        var reporting = Task.Run(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                int number = i;
                queue.AddReport(() =>
                {
                    gate.Wait();
                    most = Math.Max(most, Volatile.Read(ref added) - number);
                    seen.Enqueue(number);
                }, Large);
                Volatile.Write(ref added, i + 1);
            }
        });
        await Until.TrueAsync(() => Volatile.Read(ref added) >= MostWaiting, "as many wait as may");
        Assert.False(reporting.IsCompleted);
        gate.Set();
        await reporting;
        var outcome = new TaskCompletionSource();
        queue.Add(outcome.SetResult);
        await Until.TrueAsync(() => seen.Count == 100, "all have come");
        await outcome.Task;
        Assert.Equal(Enumerable.Range(0, 100), seen);
        Assert.InRange(most, 1, MostWaiting + 2);
    }

    // What runs behind the outcome may wait for something that only the reporting thread can receive.
    [Fact]
    public async Task Add_TheOutcome_LetsTheReportingThreadGo()
    {
        using var gate = new ManualResetEventSlim();
        var queue = new ReportQueue("item");
        int added = 0;
        var reporting = Task.Run(() =>
        {
            for (int i = 0; i < 100; i++)
            {
                queue.AddReport(gate.Wait, Large);
                Interlocked.Increment(ref added);
            }
        });
        await Until.TrueAsync(() => Volatile.Read(ref added) >= MostWaiting, "as many wait as may");
        var outcome = new TaskCompletionSource();
        queue.Add(outcome.SetResult);
        await reporting.WaitAsync(TimeSpan.FromSeconds(30));
        gate.Set();
        await outcome.Task;
    }

    [Fact]
    public async Task AddReport_OneLargerThanAllThatMayWait_GoesThrough()
    {
        var queue = new ReportQueue("item");
        int seen = 0;
        await Task.Run(() =>
        {
            for (int i = 0; i < 10; i++) queue.AddReport(() => Interlocked.Increment(ref seen), 100 * Large);
        });
        await Until.TrueAsync(() => Volatile.Read(ref seen) == 10, "all have come");
    }
}
