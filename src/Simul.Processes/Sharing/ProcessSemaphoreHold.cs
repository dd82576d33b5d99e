using System.Diagnostics;

namespace Simul;

/// <summary>One permit of a <see cref="ProcessSemaphore"/>. Dispose it once to give it back.</summary>
/// <remarks>Thread safety: may be disposed from any thread of the process that took the permit.</remarks>
[DebuggerDisplay("{IsHeld ? \"held\" : \"no hold\",nq}")]
public readonly struct ProcessSemaphoreHold : IDisposable
{
    private readonly ProcessSemaphore? _semaphore;

    internal ProcessSemaphoreHold(ProcessSemaphore semaphore, int index, long number)
    {
        _semaphore = semaphore;
        Index = index;
        Number = number;
    }

    /// <summary>True when this is a hold, false for the empty value.</summary>
    public bool IsHeld => _semaphore is not null;

    /// <summary>Whether the holder before has died with this permit. Until it is given back.</summary>
    public bool WasAbandoned => _semaphore is not null && _semaphore.IsOn(this) && _semaphore.WasAbandoned(Index);

    internal int Index { get; }

    internal long Number { get; }

    /// <summary>Gives the permit back.</summary>
    /// <exception cref="InvalidOperationException">It was given back before.</exception>
    public void Dispose() => _semaphore?.Release(this);
}
