namespace Simul.Tests.Stress;

// SIMUL_SEED=n plays one seed; SIMUL_STRESS=1 plays a hundred thousand.
public class SeedTests
{
    private static ulong? Only => ulong.TryParse(Environment.GetEnvironmentVariable("SIMUL_SEED"), out ulong seed) ? seed : null;

    private static int Seeds => Environment.GetEnvironmentVariable("SIMUL_STRESS") == "1" ? 100_000 : 1_000;

    [Fact]
    public void ManySeeds_KeepEveryPromise()
    {
        if (Only is { } only)
        {
            Scenario.Play(only);
            return;
        }
        Parallel.For(0, Seeds, new ParallelOptions { MaxDegreeOfParallelism = 2 }, seed => Scenario.Play((ulong)seed));
    }

    [Fact]
    public void SameSeed_SameTraceByteForByte()
    {
        for (ulong seed = Only ?? 0, last = Only ?? 30; seed <= last; seed++) Assert.Equal(Scenario.Play(seed), Scenario.Play(seed));
        Assert.NotEqual(Scenario.Play(1), Scenario.Play(2));
    }

    // The scenario is worth playing: everything in it happens.
    [Fact]
    public void Scenario_ReachesItsCorners()
    {
        string all = string.Concat(Enumerable.Range(0, 60).Select(seed => Scenario.Play((ulong)seed)));
        for (int kind = 0; kind <= 9; kind++) Assert.Contains($":{kind}", all);
        Assert.Contains("group failed", all);
    }
}
