using System.Diagnostics;

namespace Simul;

/// <summary>Runs work items somewhere: on a loop, on threads, in processes. The same method moves between engines by
/// changing the executor alone.</summary>
/// <remarks>
/// <para>Cancellation: a token that is cancelled before the item starts takes it out of the queue; later it reaches the
/// method, if it takes one. What more can be done differs by engine: a process is killed after a grace period, a thread
/// cannot be.</para>
/// <para>Thread safety: all members may be used from any thread and from loops. Awaiting a result inside a loop task
/// resumes on that loop.</para>
/// <para>The end: <see cref="DisposeAsync"/> refuses new work, lets accepted work end, and frees the workers.
/// <see cref="ShutdownAsync"/> can be less patient. Called by one of the executor's own items, both begin the end and return
/// at once, since the item is among what they would wait for.</para>
/// <para>As they end, and all of them: results are tasks, so <see cref="Task.WhenEach(IEnumerable{Task})"/>,
/// <see cref="Task.WhenAll(IEnumerable{Task})"/> and <see cref="Task.WhenAny(IEnumerable{Task})"/> are the as-completed and wait of an executor.</para>
/// <para>Semantics: Python's <c>concurrent.futures.Executor</c>, with structured disposal.</para>
/// </remarks>
/// <example>
/// <code>
/// await using Executor engine = new ThreadExecutor();
/// await foreach (var words in engine.MapAsync(files, WordCount.CountFile))
///     Console.WriteLine(words);
/// </code>
/// </example>
[DebuggerDisplay("{Engine} x {Workers}: {GetStatistics()}")]
public abstract partial class Executor : IAsyncDisposable
{
    /// <summary>The engine's short name: <c>loop</c>, <c>threads</c>, <c>processes</c>.</summary>
    public abstract string Engine { get; }

    /// <summary>How many items it runs at the same time, at most.</summary>
    public abstract int Workers { get; }

    /// <summary>How many items a map keeps under way when <see cref="MapOptions.LookAhead"/> says nothing: enough to keep
    /// every worker busy while results travel. Four for each worker unless the engine knows better.</summary>
    protected internal virtual int DefaultLookAhead => (int)Math.Min(4L * Workers, 4096);

    /// <summary>The clock its limits count on. The system's unless the engine has another.</summary>
    protected internal virtual TimeProvider Clock => TimeProvider.System;

    /// <summary>Counters at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public abstract ExecutorStatistics GetStatistics();

    /// <summary>Refuses new work, waits for the accepted work, and frees every worker.</summary>
    /// <returns>Ends when the last worker has gone.</returns>
    public abstract ValueTask DisposeAsync();

    /// <summary>Refuses new work and ends the executor.</summary>
    /// <remarks>May be called again, also while an earlier call is under way: what was asked for first goes on, and a later
    /// <paramref name="mode"/> that ends more is added to it.</remarks>
    /// <param name="mode">What becomes of the work that was accepted.</param>
    /// <param name="timeLimit">How long that may take, in real time; what has not ended by then is ended as
    /// <see cref="ShutdownMode.Kill"/> does. Default: no limit.</param>
    /// <returns>Ends when the last worker has gone; at once when one of the executor's own items calls.</returns>
    /// <exception cref="NotSupportedException">The engine can finish its work only.</exception>
    public virtual Task ShutdownAsync(ShutdownMode mode = ShutdownMode.Finish, TimeSpan? timeLimit = null) =>
        mode == ShutdownMode.Finish && timeLimit is null
            ? DisposeAsync().AsTask()
            : throw new NotSupportedException($"The {Engine} executor can only finish its work. Use ShutdownMode.Finish without a time limit, or cancel the items by their tokens.");

    /// <summary>Waits until fewer items than <see cref="ExecutorOptions.QueueLimit"/> wait for a worker: the way to submit no
    /// faster than the workers work.</summary>
    /// <remarks>Several producers may be let in for the same room; each then adds one item at most before it waits again.
    /// Ends at once where there is no limit.</remarks>
    /// <example>
    /// <code>
    /// foreach (var file in files)
    /// {
    ///     await engine.WaitForRoomAsync();
    ///     tasks.Add(engine.SubmitAsync(Parser.ParseFile, file));
    /// }
    /// </code>
    /// </example>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>Ends when there is room.</returns>
    /// <exception cref="ExecutorClosedException">The executor has been disposed.</exception>
    public virtual Task WaitForRoomAsync(CancellationToken cancellationToken = default) => Task.CompletedTask;

    /// <summary>Runs one item. This is what an engine implements.</summary>
    /// <typeparam name="TResult">What the method returns.</typeparam>
    /// <param name="item">The method and its argument.</param>
    /// <param name="cancellationToken">Gives the item up.</param>
    /// <returns>The method's result, or its exception.</returns>
    /// <exception cref="ExecutorClosedException">The executor has been disposed.</exception>
    protected internal abstract Task<TResult> ExecuteAsync<TResult>(WorkItem<TResult> item, CancellationToken cancellationToken);
}
