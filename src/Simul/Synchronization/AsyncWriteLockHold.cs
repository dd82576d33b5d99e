using System.Diagnostics;

namespace Simul;

/// <summary>The hold of an <see cref="AsyncReaderWriterLock"/> to write. Dispose it once to release.</summary>
/// <remarks>Thread safety: may be disposed from any thread; from another one than the loop's the release is posted.</remarks>
[DebuggerDisplay("{IsHeld ? \"held\" : \"no hold\",nq}")]
public readonly struct AsyncWriteLockHold : IDisposable
{
    private readonly AsyncReaderWriterLock? _lock;
    private readonly long _number;

    internal AsyncWriteLockHold(AsyncReaderWriterLock owner, long number)
    {
        _lock = owner;
        _number = number;
    }

    /// <summary>True when this is a hold, false for the empty value.</summary>
    public bool IsHeld => _lock is not null;

    /// <summary>Goes on as a reader: nobody writes in between, and readers that wait behind come along. This hold is over then;
    /// dispose the one returned instead.</summary>
    /// <returns>The hold to read; the empty value for the empty value.</returns>
    /// <exception cref="InvalidOperationException">This hold was released before.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public AsyncReadLockHold Downgrade() => _lock?.Downgrade(_number) ?? default;

    /// <summary>Releases the lock; it goes to the next in line.</summary>
    /// <exception cref="InvalidOperationException">This hold was released before; posted from another thread it goes to the
    /// loop's unhandled-error handler.</exception>
    public void Dispose() => _lock?.ReleaseWrite(_number);
}
