using System.Diagnostics;

namespace Simul;

/// <summary>One hold of an <see cref="AsyncLock"/>. Dispose it once to release.</summary>
/// <remarks>Thread safety: may be disposed from any thread; from another one than the loop's the release is posted.</remarks>
[DebuggerDisplay("{IsHeld ? \"held\" : \"no hold\",nq}")]
public readonly struct AsyncLockHold : IDisposable
{
    private readonly AsyncLock? _lock;

    internal AsyncLockHold(AsyncLock owner, long number)
    {
        _lock = owner;
        Number = number;
    }

    /// <summary>True when this is a hold, false for the empty value.</summary>
    public bool IsHeld => _lock is not null;

    internal long Number { get; }

    /// <summary>Releases the lock; it goes to the longest waiter.</summary>
    /// <exception cref="InvalidOperationException">This hold was released before; posted from another thread it goes to the
    /// loop's unhandled-error handler.</exception>
    public void Dispose() => _lock?.Release(Number);
}
