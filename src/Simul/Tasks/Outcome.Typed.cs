using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Simul;

/// <summary>How a piece of work with a result ended.</summary>
/// <remarks>See <see cref="Outcome"/>.</remarks>
/// <typeparam name="T">The result's type.</typeparam>
[DebuggerDisplay("{Status} {_result} {Error?.Message,nq}")]
public readonly record struct Outcome<T>
{
    private readonly LoopTaskStatus _status;
    private readonly T? _result;

    internal Outcome(T result) => (_status, _result) = (LoopTaskStatus.Succeeded, result);

    internal Outcome(LoopTaskStatus status, Exception error) => (_status, Error) = (status, error);

    /// <inheritdoc cref="Outcome.Status"/>
    public LoopTaskStatus Status => _status == default ? LoopTaskStatus.Succeeded : _status;

    /// <inheritdoc cref="Outcome.Error"/>
    public Exception? Error { get; }

    /// <inheritdoc cref="Outcome.IsSuccess"/>
    public bool IsSuccess => Error is null;

    /// <summary>The result; raises what the work raised when there is none.</summary>
    public T Result
    {
        get
        {
            if (Error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(Error);
            return _result!;
        }
    }

    /// <summary>The result, if there is one.</summary>
    /// <param name="result">The result; default when the work raised something.</param>
    /// <returns>True when there is one.</returns>
    public bool TryGetResult([MaybeNullWhen(false)] out T result)
    {
        result = _result;
        return Error is null;
    }
}
