using System.Diagnostics;

namespace Simul;

/// <summary>What a generator hands to the loop with <c>yield return</c>: the thing it waits for.</summary>
/// <remarks>Thread safety: belongs to the loop; yield it where it was made.</remarks>
[DebuggerDisplay("{_result is null ? \"a wait\" : \"a wait with a result\",nq}")]
public readonly struct Suspend
{
    private readonly SuspendedResult? _result;
    private readonly ValueTask _wait;

    private Suspend(ValueTask wait) => _wait = wait;

    private Suspend(SuspendedResult result) => _result = result;

    /// <summary>Gives up the turn.</summary>
    public static Suspend Yield => new(LoopScope.Require().Yield());

    /// <summary>Waits until a time has passed on the loop's clock.</summary>
    /// <param name="duration">How long.</param>
    /// <returns>To be yielded.</returns>
    public static Suspend Delay(TimeSpan duration) => new(LoopScope.Require().Delay(duration));

    /// <summary>Waits for anything the loop can wait for.</summary>
    /// <param name="wait">The wait; a failure ends the generator, after its <c>finally</c> blocks.</param>
    /// <returns>To be yielded.</returns>
    public static Suspend On(ValueTask wait) => new(wait);

    /// <inheritdoc cref="On(ValueTask)"/>
    public static Suspend On(Task wait) => new(new ValueTask(wait));

    /// <inheritdoc cref="On(ValueTask)"/>
    public static Suspend On(LoopTask wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return new(wait.JoinAsync());
    }

    /// <summary>Waits for something that brings a result.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="wait">The wait.</param>
    /// <param name="result">Holds the result once the generator goes on.</param>
    /// <returns>To be yielded.</returns>
    public static Suspend On<T>(ValueTask<T> wait, out Suspended<T> result)
    {
        result = new Suspended<T>(wait);
        return new(result);
    }

    /// <inheritdoc cref="On{T}(ValueTask{T}, out Suspended{T})"/>
    public static Suspend On<T>(Future<T> wait, out Suspended<T> result)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return On(wait.WaitAsync(), out result);
    }

    internal bool IsCompleted => _result?.IsCompleted ?? _wait.IsCompleted;

    internal void OnCompleted(Action resume)
    {
        if (_result is not null) _result.OnCompleted(resume);
        else _wait.GetAwaiter().UnsafeOnCompleted(resume);
    }

    // Raises what the wait failed with.
    internal void Finish()
    {
        if (_result is not null) _result.Finish();
        else _wait.GetAwaiter().GetResult();
    }
}
