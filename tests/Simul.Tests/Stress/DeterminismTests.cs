using System.Diagnostics;

namespace Simul.Tests.Stress;

// In virtual time the same program with the same seed does the same, in the same order, at the same times. The traces name
// each task and each moment, and have the tree of tasks now and then.
public class DeterminismTests
{
    private static ulong[] Seeds => SeedRun.SeedOfTheProcess is { } only ? [only] : [.. Enumerable.Range(0, 30).Select(seed => (ulong)seed)];

    public static TheoryData<ulong> Rows => [.. Seeds];

    [Theory]
    [MemberData(nameof(Rows))]
    public async Task Run_SameSeedTwice_SameTraceByteForByte(ulong seed)
    {
        // Both at once, so that they disturb each other where they can.
        string[] traces = await Task.WhenAll(Task.Run(() => OnThread(() => Scenario.Play(seed, trace: true))), Task.Run(() => OnThread(() => Scenario.Play(seed, trace: true))));
        Assert.Equal(traces[0], traces[1]);
    }

    [Fact]
    public void Run_OtherSeed_OtherTrace() =>
        Assert.NotEqual(OnThread(() => Scenario.Play(1, trace: true)), OnThread(() => Scenario.Play(2, trace: true)));

    // Another process: other addresses, hash codes and thread ids, and code that is compiled at other moments.
    [Fact]
    public async Task Run_SameSeedInAnotherProcess_SameTraceByteForByte()
    {
        string trace = string.Concat(Seeds.Select(seed => OnThread(() => Scenario.Play(seed, trace: true))));
        foreach (string tiered in new[] { "0", "1" })
        {
            var start = new ProcessStartInfo("dotnet", ["exec", typeof(DeterminismTests).Assembly.Location, .. Seeds.Select(seed => $"{seed}")]) { RedirectStandardOutput = true };
            start.Environment["DOTNET_TieredCompilation"] = tiered;
            using var other = Process.Start(start)!;
            string printed = await other.StandardOutput.ReadToEndAsync();
            await other.WaitForExitAsync();
            Assert.Equal(trace, printed);
        }
    }

    // The order is the seed's, not the machine's: in first-in-first-out order two runs are the same, too.
    [Fact]
    public void Run_FirstInFirstOutTwice_SameTrace()
    {
        string first = OnThread(() => Scenario.Play(3, trace: true, SchedulingPolicy.Fifo));
        Assert.Equal(first, OnThread(() => Scenario.Play(3, trace: true, SchedulingPolicy.Fifo)));
        Assert.NotEqual(first, OnThread(() => Scenario.Play(3, trace: true)));
    }

    // The scenario is worth playing: everything in it happens.
    [Fact]
    public void Scenario_SomeSeeds_ReachItsCorners()
    {
        string all = string.Concat(Enumerable.Range(0, 200).Select(seed => OnThread(() => Scenario.Play((ulong)seed, trace: true))));
        foreach (string act in Scenario.ActNames)
        {
            Assert.Contains($" {act}\n", all);
            Assert.Contains($" {act} moved on\n", all);
            Assert.Contains($" {act} in a generator\n", all);
        }
        foreach (string way in new[] { "taken", "in a greenlet", "by callback", "in a generator" })
        {
            Assert.Contains($" Lock {way}\n", all);
            Assert.Contains($" Permit {way}\n", all);
        }
        Assert.Contains("group failed", all);
        Assert.Contains("waits for the lock", all);
    }
}
