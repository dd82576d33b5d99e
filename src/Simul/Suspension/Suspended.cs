namespace Simul;

/// <summary>The result a generator waited for.</summary>
/// <typeparam name="T">The result's type.</typeparam>
/// <remarks>Thread safety: belongs to the loop.</remarks>
public sealed class Suspended<T> : SuspendedResult, ISuspendedWait
{
    private readonly ValueTask<T> _wait;
    private T? _value;

    internal Suspended(ValueTask<T> wait) => _wait = wait;

    /// <summary>The result. Raises what the wait failed with.</summary>
    /// <exception cref="InvalidOperationException">The generator has not been suspended on it yet.</exception>
    public T Value
    {
        get
        {
            ThrowUnlessThere();
            return _value!;
        }
    }

    bool ISuspendedWait.IsReady => _wait.IsCompleted;

    void ISuspendedWait.Register(Action resume) => _wait.GetAwaiter().UnsafeOnCompleted(resume);

    void ISuspendedWait.Take()
    {
        try
        {
            _value = _wait.GetAwaiter().GetResult();
            Complete(null);
        }
        catch (Exception error)
        {
            Complete(error);
            throw;
        }
    }
}
