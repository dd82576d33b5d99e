using System.Globalization;
using Xunit.Abstractions;

namespace Simul.Tests.Stress;

// Every test of a primitive, a thousand times, each time in another order of the ready callbacks. What fails only under some
// of them is a race. SIMUL_SEEDS says how many, SIMUL_SEED (./test --seed N) which one. A test that takes long, because it
// starts threads or thousands of tasks, gets what fits into half a second; under ./test --stress there is no such limit.
public class SeededTests(ITestOutputHelper output)
{
    private static readonly TimeSpan? s_time = Environment.GetEnvironmentVariable("SIMUL_STRESS") == "1" ? null : TimeSpan.FromSeconds(0.5);

    private static readonly IReadOnlyList<ulong> s_seeds = SeedRun.SeedOfTheProcess is { } only
        ? [only]
        : [.. Enumerable.Range(1, int.TryParse(Environment.GetEnvironmentVariable("SIMUL_SEEDS"), NumberStyles.None, CultureInfo.InvariantCulture, out int seeds) ? seeds : 1_000).Select(seed => (ulong)seed)];

    public static TheoryData<string> Tests => [.. SeededTest.All.Select(test => test.Name)];

    [Theory]
    [MemberData(nameof(Tests))]
    public void Test_UnderManySeeds_Holds(string name)
    {
        var test = SeededTest.All.Single(test => test.Name == name);
        int played = test.Run([.. s_seeds.Take(test.Most ?? int.MaxValue)], s_time);
        output.WriteLine($"{played} of {s_seeds.Count} seeds");
    }
}
