using System.Diagnostics;

namespace Simul;

/// <summary>The result a generator waited for.</summary>
/// <typeparam name="T">The result's type.</typeparam>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed class Suspended<T> : SuspendedResult
{
    private readonly ValueTask<T> _wait;
    private T? _value;
    private bool _finished;

    internal Suspended(ValueTask<T> wait) => _wait = wait;

    /// <summary>The result.</summary>
    /// <exception cref="InvalidOperationException">The generator has not been suspended on it yet.</exception>
    public T Value => _finished ? _value! : throw new InvalidOperationException("The result is not there yet. Yield the Suspend that came with it first.");

    private string DebuggerText => _finished ? $"{_value}" : "not there yet";

    internal override bool IsCompleted => _wait.IsCompleted;

    internal override void OnCompleted(Action resume) => _wait.GetAwaiter().UnsafeOnCompleted(resume);

    internal override void Finish()
    {
        _value = _wait.GetAwaiter().GetResult();
        _finished = true;
    }
}

/// <summary>The untyped side of a <see cref="Suspended{T}"/>.</summary>
public abstract class SuspendedResult
{
    private protected SuspendedResult()
    {
    }

    internal abstract bool IsCompleted { get; }

    internal abstract void OnCompleted(Action resume);

    internal abstract void Finish();
}
