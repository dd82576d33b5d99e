using System.Diagnostics;

namespace Simul;

/// <summary>One hold of a <see cref="ProcessLock"/>. Dispose it once to release.</summary>
/// <remarks>Thread safety: may be disposed from any thread of the process that took the lock.</remarks>
[DebuggerDisplay("{IsHeld ? \"held\" : \"no hold\",nq}")]
public readonly struct ProcessLockHold : IDisposable
{
    internal ProcessLockHold(ProcessLock owner, long number)
    {
        Owner = owner;
        Number = number;
    }

    /// <summary>True when this is a hold, false for the empty value.</summary>
    public bool IsHeld => Owner is not null;

    /// <summary>Whether the holder before has died with the lock: what it guards may be half done. Until the release.</summary>
    public bool WasAbandoned => Owner is not null && Owner.IsOn(this) && Owner.Core.WasAbandoned;

    internal ProcessLock? Owner { get; }

    internal long Number { get; }

    /// <summary>Releases the lock.</summary>
    /// <exception cref="InvalidOperationException">This hold was released before.</exception>
    public void Dispose() => Owner?.Release(this);
}
