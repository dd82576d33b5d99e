namespace Simul;

/// <summary>One hold of an <see cref="AsyncReaderWriterLock"/>. Dispose it once to release.</summary>
/// <remarks>Thread safety: may be disposed from any thread; from another one than the loop's the release is posted.</remarks>
public readonly struct AsyncReaderWriterHold : IDisposable
{
    private readonly AsyncReaderWriterLock? _lock;

    internal AsyncReaderWriterHold(AsyncReaderWriterLock owner, int number, bool write)
    {
        _lock = owner;
        Number = number;
        IsWrite = write;
    }

    internal int Number { get; }

    /// <summary>True when this is a hold, false for the empty value.</summary>
    public bool IsHeld => _lock is not null;

    /// <summary>True for a writer's hold, false for a reader's.</summary>
    public bool IsWrite { get; }

    /// <summary>Releases the lock; whoever is first in line and can be let in goes on.</summary>
    /// <exception cref="InvalidOperationException">This hold was released before.</exception>
    public void Dispose() => _lock?.Release(this);
}
