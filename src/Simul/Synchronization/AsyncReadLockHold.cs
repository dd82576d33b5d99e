using System.Diagnostics;

namespace Simul;

/// <summary>One hold of an <see cref="AsyncReaderWriterLock"/> to read. Dispose it once to release.</summary>
/// <remarks>Thread safety: may be disposed from any thread; from another one than the loop's the release is posted.</remarks>
[DebuggerDisplay("{IsHeld ? \"held\" : \"no hold\",nq}")]
public readonly struct AsyncReadLockHold : IDisposable
{
    private readonly AsyncReaderWriterLock? _lock;
    private readonly long _number;

    internal AsyncReadLockHold(AsyncReaderWriterLock owner, long number)
    {
        _lock = owner;
        _number = number;
    }

    /// <summary>True when this is a hold, false for the empty value.</summary>
    public bool IsHeld => _lock is not null;

    /// <summary>Releases the lock; the last reader hands it to the next in line.</summary>
    /// <exception cref="InvalidOperationException">This hold was released before; posted from another thread it goes to the
    /// loop's unhandled-error handler.</exception>
    public void Dispose() => _lock?.ReleaseRead(_number);
}
