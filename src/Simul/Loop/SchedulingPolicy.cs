namespace Simul;

/// <summary>The order in which a loop runs the callbacks of one turn.</summary>
/// <remarks>A program that is correct under every order is free of scheduling races; a seeded order finds those that are not
/// and repeats them. Thread safety: a policy belongs to one loop.</remarks>
public abstract class SchedulingPolicy
{
    /// <summary>First in, first out: the default.</summary>
    public static SchedulingPolicy Fifo { get; } = new FifoPolicy();

    /// <summary>A random order that is the same for the same seed, on every machine.</summary>
    /// <param name="seed">The seed; print it when a test fails.</param>
    /// <returns>A policy for one loop.</returns>
    public static SchedulingPolicy SeededRandom(ulong seed) => new RandomPolicy(seed);

    /// <summary>Chooses which of the turn's remaining callbacks runs next.</summary>
    /// <param name="remaining">How many are left in this turn, at least 1. At the turn's start they stand in the order in which
    /// they became ready; the place of one that was chosen is taken by the last.</param>
    /// <returns>The place of the one to run, from 0 to <paramref name="remaining"/> - 1.</returns>
    public abstract int Next(int remaining);

    private sealed class FifoPolicy : SchedulingPolicy
    {
        public override int Next(int remaining) => 0;

        public override string ToString() => "first in, first out";
    }

    // SplitMix64: the same numbers everywhere, which System.Random with a seed does not promise across versions.
    private sealed class RandomPolicy : SchedulingPolicy
    {
        private readonly ulong _seed;
        private ulong _state;

        public RandomPolicy(ulong seed) => _state = _seed = seed;

        public override int Next(int remaining)
        {
            _state += 0x9E3779B97F4A7C15;
            ulong z = _state;
            z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9;
            z = (z ^ (z >> 27)) * 0x94D049BB133111EB;
            z ^= z >> 31;
            return (int)(((UInt128)z * (uint)remaining) >> 64);
        }

        public override string ToString() => $"random order, seed {_seed}";
    }
}
