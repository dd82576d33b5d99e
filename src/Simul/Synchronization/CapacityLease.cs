using System.Diagnostics;

namespace Simul;

/// <summary>What one borrower has of a <see cref="CapacityLimiter"/>. Dispose it once to return it.</summary>
/// <remarks>Thread safety: may be disposed from any thread; from another one than the loop's the return is posted.</remarks>
[DebuggerDisplay("{IsHeld ? \"held\" : \"no lease\",nq}")]
public readonly struct CapacityLease : IDisposable
{
    private readonly CapacityLimiter? _limiter;
    private readonly long _number;

    internal CapacityLease(CapacityLimiter limiter, object borrower, long number)
    {
        _limiter = limiter;
        _number = number;
        Borrower = borrower;
    }

    /// <summary>True when this is a lease, false for the empty value.</summary>
    public bool IsHeld => _limiter is not null;

    /// <summary>Whose it is; null for the empty value.</summary>
    public object? Borrower { get; }

    /// <summary>Returns what was borrowed; it goes to the longest waiter.</summary>
    /// <exception cref="InvalidOperationException">This lease was returned before; posted from another thread it goes to the
    /// loop's unhandled-error handler.</exception>
    public void Dispose() => _limiter?.Return(Borrower!, _number);
}
