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
/// <para>Disposal: <see cref="DisposeAsync"/> refuses new work, lets accepted work end, and frees the workers.</para>
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

    /// <summary>Counters at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public abstract ExecutorStatistics GetStatistics();

    /// <summary>Refuses new work, waits for the accepted work, and frees every worker.</summary>
    /// <returns>Ends when the last worker has gone.</returns>
    public abstract ValueTask DisposeAsync();

    /// <summary>Runs one item. This is what an engine implements.</summary>
    /// <typeparam name="TResult">What the method returns.</typeparam>
    /// <param name="item">The method and its argument.</param>
    /// <param name="cancellationToken">Gives the item up.</param>
    /// <returns>The method's result, or its exception.</returns>
    /// <exception cref="ExecutorClosedException">The executor has been disposed.</exception>
    protected internal abstract Task<TResult> ExecuteAsync<TResult>(WorkItem<TResult> item, CancellationToken cancellationToken);
}
