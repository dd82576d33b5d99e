using System.Diagnostics;
using System.Runtime.Versioning;
using Xunit.Abstractions;

namespace Simul.Processes.Tests.Sharing;

// A process is killed at some moment of whatever it is doing; whoever is left finds everything whole, or is told.
[SupportedOSPlatform("linux")]
public class DeathTests(ITestOutputHelper output)
{
    private static readonly int s_rounds = Environment.GetEnvironmentVariable("SIMUL_STRESS") == "1" ? 2000 : 100;

    [Fact]
    public async Task KilledAtAnyMoment_TheOthersGoOn()
    {
        const int Seed = 20261126;
        var random = new Random(Seed);
        int abandonedLocks = 0, halfDone = 0, abandonedPermits = 0, itemsTaken = 0;
        string name = $"death-{Environment.ProcessId}";
        for (int round = 0; round < s_rounds; round++)
        {
            using var things = new DeathThings(name);
            using var process = Process.Start(WorkerHost.CreateStartInfo(typeof(DeathTests).Assembly.Location, typeof(DeathProgram), name))!;
            try
            {
                await things.Ready.WaitAsync(SharedJobs.Limit);
                using var end = new CancellationTokenSource();
                int produced = 0, expected = 0;
                var producing = Task.Run(async () =>
                {
                    try
                    {
                        while (true)
                        {
                            await things.ToWorker.PutAsync(produced, end.Token);
                            produced++;
                        }
                    }
                    catch (OperationCanceledException) when (end.IsCancellationRequested)
                    {
                    }
                });
                var consuming = Task.Run(async () =>
                {
                    try
                    {
                        while (true) Check(await things.FromWorker.TakeAsync(end.Token), expected++);
                    }
                    catch (OperationCanceledException) when (end.IsCancellationRequested)
                    {
                    }
                });
                long start = TimeProvider.System.GetTimestamp();
                var life = TimeSpan.FromMilliseconds(random.NextDouble() * 4);
                while (TimeProvider.System.GetElapsedTime(start) < life) things.CountUnderLockCarefully(ref abandonedLocks, ref halfDone);
                process.Kill();
                await process.WaitForExitAsync();
                end.Cancel();
                await Task.WhenAll(producing, consuming).WaitAsync(SharedJobs.Limit);

                things.CountUnderLockCarefully(ref abandonedLocks, ref halfDone);
                var pair = things.Value.Update(p => new(p.Plus + 1, p.Minus - 1, p.Odd + 1));
                Assert.Equal((pair.Plus, pair.Plus), (-pair.Minus, (long)pair.Odd));
                using (var one = await things.Semaphore.WaitAsync(SharedJobs.Limit))
                using (var two = things.Semaphore.Wait(SharedJobs.Limit))
                    abandonedPermits += (one.WasAbandoned ? 1 : 0) + (two.WasAbandoned ? 1 : 0);
                while (things.FromWorker.TryTake(out int[] item)) Check(item, expected++);
                // What the dead one has not taken is there, in order, up to the last one put.
                var left = new List<int>();
                while (things.ToWorker.TryTake(out int item)) left.Add(item);
                Assert.Equal(Enumerable.Range(produced - left.Count, left.Count), left);
                things.FromWorker.Put([1], SharedJobs.Limit);
                Assert.Equal([1], things.FromWorker.Take(SharedJobs.Limit));
                itemsTaken += expected;
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Round {round} of seed {Seed} failed.", error);
            }
            finally
            {
                process.Kill();
            }
        }
        output.WriteLine($"{s_rounds} rounds: {abandonedLocks} abandoned locks, {halfDone} with half a change, {abandonedPermits} abandoned permits, {itemsTaken} items");
        // Else it has not tested what it is there for.
        Assert.True(abandonedLocks > 0 && abandonedPermits > 0 && itemsTaken > 0);
    }

    // The last one to come may die while it ends the phase, and a waiter while it waits or has passed.
    [Fact]
    public async Task KilledAtABarrier_NobodyPassesAlone_AndNobodyHangs()
    {
        const int Seed = 7;
        var random = new Random(Seed);
        string name = $"death-barrier-{Environment.ProcessId}";
        using var barrier = ProcessBarrier.Open(name, 2);
        for (int round = 0; round < s_rounds / 4; round++)
        {
            using var process = Process.Start(WorkerHost.CreateStartInfo(typeof(DeathTests).Assembly.Location, typeof(BarrierProgram), name))!;
            using var end = new CancellationTokenSource();
            try
            {
                long before = barrier.CurrentPhase;
                int passed = 0;
                var arriving = Task.Run(() =>
                {
                    try
                    {
                        while (true)
                        {
                            barrier.SignalAndWait(end.Token);
                            passed++;
                        }
                    }
                    catch (OperationCanceledException)
                    {
                    }
                });
                await Until.TrueAsync(() => barrier.CurrentPhase > before + 10, "both go round");
                await Task.Delay(TimeSpan.FromMilliseconds(random.NextDouble() * 3)); // any moment will do
                process.Kill();
                await process.WaitForExitAsync();
                end.Cancel();
                await arriving.WaitAsync(SharedJobs.Limit);
                Assert.Equal(barrier.CurrentPhase - before, passed);
                // Of two that come now, none may find somebody there who is dead.
                for (int i = 0; i < 3; i++)
                {
                    var other = Task.Run(() => barrier.SignalAndWait(SharedJobs.Limit));
                    Assert.Equal(1, barrier.SignalAndWait(SharedJobs.Limit) + await other.WaitAsync(SharedJobs.Limit));
                }
            }
            catch (Exception error)
            {
                throw new InvalidOperationException($"Round {round} of seed {Seed} failed: {barrier.CurrentPhase} phases.", error);
            }
            finally
            {
                process.Kill();
            }
        }
    }

    internal static class BarrierProgram
    {
        internal static int Run(string[] arguments)
        {
            using var barrier = ProcessBarrier.Open(arguments[0], 2);
            while (true) barrier.SignalAndWait();
        }
    }

    private static void Check(int[] item, int expected) => Assert.Equal(Enumerable.Repeat(expected, 40), item);
}
