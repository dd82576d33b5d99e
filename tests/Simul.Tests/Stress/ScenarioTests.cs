using System.Diagnostics;
using System.Globalization;
using Xunit.Abstractions;
using Xunit.Sdk;

namespace Simul.Tests.Stress;

// Random schedules of a random program: 2,000, under ./test --stress 100,000, or as many as SIMUL_SCHEDULES says, from the seed
// SIMUL_FIRST_SEED on. ./test --seed N plays one.
public class ScenarioTests(ITestOutputHelper output)
{
    private static readonly ulong s_count = Number("SIMUL_SCHEDULES") ?? (Environment.GetEnvironmentVariable("SIMUL_STRESS") == "1" ? 100_000ul : 2_000);

    [Fact]
    public void Scenario_ManySchedules_KeepsEveryPromise()
    {
        ulong first = SeedRun.SeedOfTheProcess ?? Number("SIMUL_FIRST_SEED") ?? 0;
        int count = SeedRun.SeedOfTheProcess is null ? (int)s_count : 1;
        var took = Stopwatch.StartNew();
        SeedWorker.Run([.. Enumerable.Range(0, count).Select(i => first + (ulong)i)], Play, seed => Failed(seed, "it hung", null));
        output.WriteLine($"{count} schedules, seeds {first} to {first + (ulong)count - 1}: {count / took.Elapsed.TotalSeconds:F0} a second");
    }

    private static Exception? Play(ulong seed)
    {
        try
        {
            Scenario.Play(seed);
            return null;
        }
        catch (Exception error)
        {
            return Failed(seed, $"{error.GetType().Name}: {error.Message}", error);
        }
    }

    private static XunitException Failed(ulong seed, string what, Exception? inner) => new(
        $"The scenario of seed {seed} failed: {what}\nReplay: ./test --project Simul.Tests --seed {seed} --filter '{nameof(Scenario_ManySchedules_KeepsEveryPromise)}'\n{inner?.StackTrace}", inner);

    private static ulong? Number(string variable) =>
        ulong.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out ulong number) ? number : null;
}
