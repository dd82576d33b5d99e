namespace Simul;

// From loop to loop.
public sealed partial class EventLoop
{
    // The group the loop belongs to; set before it runs.
    internal EventLoopGroup? Group { get; init; }

    // What the loop's owner has to tell of its end.
    internal void ReportEnd(Exception error) => Log($"{Name} has ended with an error: {error}");

    /// <summary>Runs a coroutine on this loop on behalf of a task of another one, which waits for its end.</summary>
    /// <remarks>
    /// <para>Cancellation: the cancellation of the caller's scope reaches the coroutine. The caller waits until the coroutine has
    /// ended all the same: nothing of it is left behind. What it brought although it was told to end is kept. A checkpoint.</para>
    /// <para>What fails here fails there, with the same exception. A coroutine that is cancelled with this loop, not by
    /// its caller, ends the call with <see cref="OperationCanceledException"/>, which counts as a failure of the caller.</para>
    /// <para>The coroutine sees the caller's <see cref="AsyncLocal{T}"/> values. On its own loop it just runs, as part of the caller.</para>
    /// <para>Thread safety: for tasks of any loop. From elsewhere use <see cref="SubmitAsync(Func{Task}, CancellationToken)"/>.</para>
    /// </remarks>
    /// <param name="body">The coroutine.</param>
    /// <returns>Ends with the coroutine, on the caller's loop.</returns>
    /// <exception cref="OperationCanceledException">The caller's scope was cancelled.</exception>
    /// <exception cref="EventLoopClosedException">This loop has ended.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public Task InvokeAsync(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return InvokeAsync(async () =>
        {
            await body();
            return true;
        });
    }

    /// <inheritdoc cref="InvokeAsync(Func{Task})"/>
    /// <typeparam name="T">What the coroutine returns.</typeparam>
    public async Task<T> InvokeAsync<T>(Func<Task<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        if (_core.IsClosed) throw new EventLoopClosedException(Name);
        var scope = LoopScope.Require();
        if (scope.IsCancelled) throw scope.CancellationError();
        if (scope.Core == _core) return await body();
        var call = new LoopCall<T>((EventLoop)scope.Core.Host, scope, this, body);
        return await call.RunAsync();
    }
}
