namespace Simul;

public sealed partial class CancelScope
{
    /// <summary>Runs a body in a scope of its own and absorbs the scope's own cancellation.</summary>
    /// <param name="body">The body; it gets the scope, so that it can cancel itself or move its deadline.</param>
    /// <param name="timeout">Cancels the scope after this time; null for never.</param>
    /// <param name="shield">Whether cancellations from outside stop at its edge.</param>
    /// <returns>False when the body ended by itself, true when this scope's cancellation ended it.</returns>
    /// <exception cref="OperationCanceledException">A scope around this one was cancelled.</exception>
    public static async Task<bool> RunAsync(Func<CancelScope, Task> body, TimeSpan? timeout = null, bool shield = false)
    {
        ArgumentNullException.ThrowIfNull(body);
        using var scope = Enter(timeout, shield);
        try
        {
            await (body(scope) ?? throw TaskGroup.NoTask("cancel scope"));
            return false;
        }
        catch (OperationCanceledException) when (scope.Absorbs)
        {
            return true;
        }
    }

    /// <summary>Runs a body and moves on when it has not ended in time.</summary>
    /// <param name="timeout">The time allowed; zero or less cancels the body at its first checkpoint.</param>
    /// <param name="body">The body.</param>
    /// <returns>True when time ran out, false when the body ended in time.</returns>
    public static Task<bool> MoveOnAfterAsync(TimeSpan timeout, Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync(_ => body(), timeout);
    }

    /// <summary>Runs a body and fails when it has not ended in time.</summary>
    /// <remarks>What is ready at the very moment of the deadline wins. Any other exception of the body leaves unchanged.</remarks>
    /// <param name="timeout">The time allowed; zero or less cancels the body at its first checkpoint.</param>
    /// <param name="body">The body.</param>
    /// <returns>Ends with the body.</returns>
    /// <exception cref="TimeoutException">Time ran out before the body ended.</exception>
    public static async Task TimeoutAfterAsync(TimeSpan timeout, Func<Task> body)
    {
        if (await MoveOnAfterAsync(timeout, body)) throw TimedOut(timeout);
    }

    /// <inheritdoc cref="TimeoutAfterAsync(TimeSpan, Func{Task})"/>
    /// <typeparam name="T">What the body returns.</typeparam>
    public static async Task<T> TimeoutAfterAsync<T>(TimeSpan timeout, Func<Task<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        T result = default!;
        if (await MoveOnAfterAsync(timeout, async () => result = await body())) throw TimedOut(timeout);
        return result;
    }

    /// <summary>Runs a body that cancellations from outside do not reach: clean-up that has to wait.</summary>
    /// <param name="body">The body.</param>
    /// <param name="timeout">Cancels it after this time; null for never. Clean-up that waits for others should have one.</param>
    /// <returns>True when time ran out, false when the body ended by itself.</returns>
    public static Task<bool> ShieldAsync(Func<Task> body, TimeSpan? timeout = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync(_ => body(), timeout, shield: true);
    }

    /// <summary>Runs a body that takes a token, and moves on when it has not ended in time; on a loop or elsewhere.</summary>
    /// <remarks>Off the loop there are no checkpoints: a body that is deaf to its token delays the end.</remarks>
    /// <param name="timeout">The time allowed; zero or less cancels at once.</param>
    /// <param name="body">The body; it gets a token that is cancelled when time runs out.</param>
    /// <param name="clock">The clock off the loop, the system's by default; on a loop, the loop's own is used.</param>
    /// <returns>True when time ran out, false when the body ended in time.</returns>
    public static async Task<bool> MoveOnAfterAsync(TimeSpan timeout, Func<CancellationToken, Task> body, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (LoopScope.Find() is not null) return await RunAsync(scope => body(scope.Token), timeout);
        if (timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan) timeout = TimeSpan.Zero;
        using var late = new CancellationTokenSource(timeout, clock ?? TimeProvider.System);
        try
        {
            await (body(late.Token) ?? throw TaskGroup.NoTask("time limit")).ConfigureAwait(false);
            return false;
        }
        catch (OperationCanceledException) when (late.IsCancellationRequested)
        {
            return true;
        }
    }

    /// <summary>Runs a body that takes a token, and fails when it has not ended in time; on a loop or elsewhere.</summary>
    /// <inheritdoc cref="MoveOnAfterAsync(TimeSpan, Func{CancellationToken, Task}, TimeProvider?)"/>
    /// <returns>Ends with the body.</returns>
    /// <exception cref="TimeoutException">Time ran out before the body ended.</exception>
    public static async Task TimeoutAfterAsync(TimeSpan timeout, Func<CancellationToken, Task> body, TimeProvider? clock = null)
    {
        if (await MoveOnAfterAsync(timeout, body, clock).ConfigureAwait(LoopScope.Find() is not null)) throw TimedOut(timeout);
    }

    /// <inheritdoc cref="TimeoutAfterAsync(TimeSpan, Func{CancellationToken, Task}, TimeProvider?)"/>
    /// <typeparam name="T">What the body returns.</typeparam>
    /// <returns>What the body returned.</returns>
    public static async Task<T> TimeoutAfterAsync<T>(TimeSpan timeout, Func<CancellationToken, Task<T>> body, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        T result = default!;
        await TimeoutAfterAsync(timeout, async token => { result = await body(token).ConfigureAwait(LoopScope.Find() is not null); }, clock).ConfigureAwait(LoopScope.Find() is not null);
        return result;
    }

    private static TimeoutException TimedOut(TimeSpan timeout) => new($"The operation did not end within {timeout}.");
}
