using System.Globalization;

namespace Simul.Tests.Stress;

// Every primitive under random schedules, cancellations and time limits, watched for its promises: never two who exclude each
// other, nothing given twice, nothing lost to one who has gone. SIMUL_SEED=n plays one seed; SIMUL_STRESS=1 a hundred times as many.
public class PrimitiveStressTests
{
    private static readonly ulong[] s_seeds = ulong.TryParse(Environment.GetEnvironmentVariable("SIMUL_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong only)
        ? [only]
        : [.. Enumerable.Range(0, Environment.GetEnvironmentVariable("SIMUL_STRESS") == "1" ? 30_000 : 300).Select(static n => (ulong)n)];

    [Fact]
    public void Locks_KeepTheirPromises() => Play(static dice => new LockPlay(dice));

    [Fact]
    public void Events_KeepTheirPromises() => Play(static dice => new EventPlay(dice));

    [Fact]
    public void Conditions_KeepTheirPromises() => Play(static dice => new ConditionPlay(dice));

    [Fact]
    public void Barriers_KeepTheirPromises() => Play(static dice => new BarrierPlay(dice));

    [Fact]
    public void Limiters_KeepTheirPromises() => Play(static dice => new LimiterPlay(dice));

    [Fact]
    public void ReaderWriterLocks_KeepTheirPromises() => Play(static dice => new ReaderWriterPlay(dice));

    // The plays are worth it: all of them reach the corner that they are made for.
    [Fact]
    public void Plays_ReachTheirCorners()
    {
        foreach (Func<SchedulingPolicy, PrimitivePlay> make in (Func<SchedulingPolicy, PrimitivePlay>[])
            [d => new LockPlay(d), d => new EventPlay(d), d => new ConditionPlay(d), d => new BarrierPlay(d), d => new LimiterPlay(d), d => new ReaderWriterPlay(d)])
        {
            int granted = 0, cancelled = 0;
            for (ulong seed = 0; seed < 20; seed++)
            {
                var play = PlayOne(make, seed);
                granted += play.Granted;
                cancelled += play.Cancelled;
            }
            Assert.True(granted > 100 && cancelled > 50, $"{make(SchedulingPolicy.SeededRandom(0)).GetType().Name}: {granted} granted, {cancelled} cancelled");
        }
    }

    private static void Play(Func<SchedulingPolicy, PrimitivePlay> make)
    {
        foreach (ulong seed in s_seeds) PlayOne(make, seed);
    }

    private static PrimitivePlay PlayOne(Func<SchedulingPolicy, PrimitivePlay> make, ulong seed)
    {
        var play = make(SchedulingPolicy.SeededRandom(seed * 2 + 1));
        try
        {
            Run(play.RunAsync, o => o with { Scheduling = SchedulingPolicy.SeededRandom(seed) });
        }
        catch (Exception error)
        {
            throw new InvalidOperationException(
                $"{play.GetType().Name} failed under seed {seed}: {error.Message}\nReplay: ./test --project Simul.Tests --seed {seed} --filter FullyQualifiedName~{nameof(PrimitiveStressTests)}", error);
        }
        return play;
    }
}
