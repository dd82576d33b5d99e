namespace Simul;

/// <summary>How a loop runs its greenlets.</summary>
/// <remarks>Thread safety: immutable.</remarks>
public sealed record GreenletOptions
{
    internal static GreenletOptions Default { get; } = new();

    /// <summary>How many greenlets of the loop may be alive at once. One more throws <see cref="GreenletLimitException"/>.
    /// Default: 10,000. The system has limits of its own, and .NET ends the process where it meets them; so whatever is said
    /// here, all loops together get no more stacks than the system's memory maps allow.</summary>
    public int MaxGreenlets { get; init; } = 10_000;

    /// <summary>Bytes of address space for each greenlet's stack; memory is used as the stack is. Default: 1 MiB, what .NET code
    /// is used to from other threads. Zero: the system's default. Code that goes deeper ends the process, as everywhere in .NET.</summary>
    public int StackSize { get; init; } = 1 << 20;

    /// <summary>How many stacks are kept for the next greenlet when theirs has ended. Default: 256.</summary>
    public int MaxIdleStacks { get; init; } = 256;

    /// <summary>How long the loop and a greenlet that takes turns with it alone wait for each other on their processors before
    /// they sleep; it stops by itself where it does not pay. No effect with one processor. Default: 20 microseconds.
    /// <see cref="TimeSpan.Zero"/>: sleep at once.</summary>
    public TimeSpan SpinTime { get; init; } = TimeSpan.FromMicroseconds(20);

    internal void Validate()
    {
        if (MaxGreenlets < 1) throw new ArgumentOutOfRangeException(nameof(MaxGreenlets), MaxGreenlets, "A loop that may have no greenlet cannot run one. Allow at least 1.");
        if (StackSize is < 0 or > 0 and < 64 * 1024) throw new ArgumentOutOfRangeException(nameof(StackSize), StackSize, "A greenlet's stack needs 64 KiB at least. Use 0 for the system's default.");
        ArgumentOutOfRangeException.ThrowIfNegative(MaxIdleStacks);
        if (SpinTime < TimeSpan.Zero || SpinTime > TimeSpan.FromMilliseconds(1))
            throw new ArgumentOutOfRangeException(nameof(SpinTime), SpinTime, "The spin time must be between zero and a millisecond: a processor that spins does nothing else.");
    }
}
