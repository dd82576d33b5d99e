using System.Diagnostics;

namespace Simul;

/// <summary>How a piece of work without a result ended.</summary>
/// <remarks>Semantics: what asyncio's <c>gather(return_exceptions=True)</c> puts into its list, but with a type of its own, so
/// that an exception that was <em>returned</em> is none that was raised.</remarks>
[DebuggerDisplay("{Status} {Error?.Message,nq}")]
public readonly record struct Outcome
{
    private readonly LoopTaskStatus _status;

    internal Outcome(LoopTaskStatus status, Exception? error) => (_status, Error) = (status, error);

    /// <summary><see cref="LoopTaskStatus.Succeeded"/>, <see cref="LoopTaskStatus.Failed"/> or <see cref="LoopTaskStatus.Cancelled"/>.</summary>
    public LoopTaskStatus Status => _status == default ? LoopTaskStatus.Succeeded : _status;

    /// <summary>What it raised, also when it was cancelled; null when it succeeded.</summary>
    public Exception? Error { get; }

    /// <summary>True when it raised nothing.</summary>
    public bool IsSuccess => Error is null;

    /// <summary>Raises what it raised, with the original stack trace; otherwise does nothing.</summary>
    public void ThrowIfFailed()
    {
        if (Error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(Error);
    }
}
