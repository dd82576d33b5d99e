namespace Simul;

/// <summary>What a <see cref="CapacityLimiter"/> lends. Dispose it once to give it back.</summary>
/// <remarks>Thread safety: may be disposed from any thread; from another one than the loop's the release is posted.</remarks>
public readonly struct CapacityLease : IDisposable
{
    private readonly CapacityLimiter? _limiter;

    internal CapacityLease(CapacityLimiter limiter, object borrower)
    {
        _limiter = limiter;
        Borrower = borrower;
    }

    /// <summary>Who borrowed; null for the empty value.</summary>
    public object? Borrower { get; }

    /// <summary>True when this is a lease, false for the empty value.</summary>
    public bool IsHeld => _limiter is not null;

    /// <summary>Gives it back; it goes to the longest waiter.</summary>
    /// <exception cref="InvalidOperationException">It was given back before.</exception>
    public void Dispose() => _limiter?.Release(Borrower!);
}
