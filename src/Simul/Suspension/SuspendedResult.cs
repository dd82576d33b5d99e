using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Simul;

/// <summary>What became of a wait that a generator was suspended on.</summary>
/// <remarks>Thread safety: belongs to the loop.</remarks>
[DebuggerDisplay("{IsCompleted ? \"there\" : \"not there yet\",nq}")]
public abstract class SuspendedResult
{
    private protected SuspendedResult()
    {
    }

    /// <summary>True once the wait has ended and the generator has gone on.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>What the wait failed with; null when it succeeded, or has not ended. Seen by a generator only when it yielded
    /// the wait with <see cref="Suspend.Try"/>; otherwise the failure ends the generator.</summary>
    public Exception? Error { get; private set; }

    internal void Complete(Exception? error)
    {
        IsCompleted = true;
        Error = error;
    }

    private protected void ThrowUnlessThere()
    {
        if (!IsCompleted) throw new InvalidOperationException("The result is not there yet. Yield the Suspend that came with it first.");
        if (Error is not null) ExceptionDispatchInfo.Throw(Error);
    }
}
