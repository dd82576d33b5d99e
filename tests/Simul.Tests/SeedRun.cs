using System.Globalization;

namespace Simul.Tests;

// One run of a test under one seed. Ambient, because the test itself knows nothing of it: Sim.Options() asks here for the
// order of the loop it is about to make.
internal sealed class SeedRun(ulong? seed)
{
    private static readonly AsyncLocal<SeedRun?> s_current = new();

    // `./test --seed N`: for every test of the process.
    private static readonly SeedRun? s_ofTheProcess =
        ulong.TryParse(Environment.GetEnvironmentVariable("SIMUL_SEED"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong seed) ? new(seed) : null;

    private volatile bool _tookInjected;

    // For tests marked [FifoOrder].
    public static SeedRun FirstInFirstOut { get; } = new(null);

    public static SeedRun? Current
    {
        get => s_current.Value ?? s_ofTheProcess;
        set => s_current.Value = value;
    }

    public static ulong? SeedOfTheProcess => s_ofTheProcess?.Seed;

    public ulong? Seed { get; } = seed;

    // Whether a loop of this run took entries from other threads: when they come is not the seed's to say (L12).
    public bool TookInjected => _tookInjected;

    // The order of one more loop. Each gets dice of its own, so that what one loop does is the same whatever another does.
    public static SchedulingPolicy NextPolicy() =>
        Current is { Seed: { } seed } run ? new WatchedDice(run, SchedulingPolicy.SeededRandom(seed)) : SchedulingPolicy.Fifo;

    // The loop asks it at the start of each turn, right after it took in what came from other threads.
    private sealed class WatchedDice(SeedRun run, SchedulingPolicy dice) : SchedulingPolicy
    {
        public override int Next(int remaining)
        {
            if (LoopCore.Current is { TotalInjected: > 0 }) run._tookInjected = true;
            return dice.Next(remaining);
        }

        public override string ToString() => dice.ToString()!;
    }
}
