using System.Diagnostics;

namespace Simul;

/// <summary>One hold of an <see cref="AsyncReaderWriterLock"/>. Dispose it once to release.</summary>
/// <remarks>Thread safety: may be disposed from any thread; from another one than the loop's the release is posted.</remarks>
[DebuggerDisplay("{!IsHeld ? \"no hold\" : IsWrite ? \"held for writing\" : \"held for reading\",nq}")]
public readonly struct AsyncReaderWriterHold : IDisposable
{
    private readonly AsyncReaderWriterLock? _lock;

    internal AsyncReaderWriterHold(AsyncReaderWriterLock owner, long number, bool write)
    {
        _lock = owner;
        Number = number;
        IsWrite = write;
    }

    internal long Number { get; }

    /// <summary>True when this is a hold, false for the empty value.</summary>
    public bool IsHeld => _lock is not null;

    /// <summary>True for a writer's hold, false for a reader's.</summary>
    public bool IsWrite { get; }

    /// <summary>Goes on as a reader: nobody writes in between, and readers that wait behind come along. This hold is over then;
    /// dispose the one returned instead.</summary>
    /// <returns>The hold for reading.</returns>
    /// <exception cref="InvalidOperationException">This is no writer's hold, or it was released before.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public AsyncReaderWriterHold Downgrade() => _lock is not null && IsWrite
        ? _lock.Downgrade(this)
        : throw new InvalidOperationException("Only a writer's hold can be downgraded. A reader's is what it would become.");

    /// <summary>Releases the lock; whoever is first in line and can be let in goes on.</summary>
    /// <exception cref="InvalidOperationException">This hold was released before; posted from another thread it goes to the
    /// loop's unhandled-error handler.</exception>
    public void Dispose() => _lock?.Release(this);
}
