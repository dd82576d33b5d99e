namespace Simul;

/// <summary>Runs an event loop as the guest of another one: a user interface, a game engine, any thread that takes posts.</summary>
/// <remarks>
/// <para>The guest's turns run on the host, one batch at a time, each posted by the host's own means; so the code of both never
/// runs in parallel, and each may use what belongs to the host. The guest's waiting, for timers, posts and I/O, is done
/// by a helper thread; it never blocks the host.</para>
/// <para>Both can wait for each other: the host awaits the task it gets here, or posts to the loop
/// (<see cref="EventLoop.SubmitAsync(Func{Task}, CancellationToken)"/>); the guest awaits tasks of the host.</para>
/// <para>The end: as with <see cref="EventLoop.Run(Func{Task}, EventLoopOptions?, CancellationToken)"/>, when the main task has ended
/// and everything it left on the loop. A host that throws when it is posted to has ended, we take it: then everything is
/// cancelled and unwound on the helper thread, and the task fails with what the host threw.</para>
/// <para>Stalls are not found here: the host may wake a task at any time.</para>
/// <para>Semantics: trio's guest mode.</para>
/// </remarks>
/// <example>
/// <code>
/// // in a user interface, on its thread
/// var done = GuestLoop.RunAsync(PlayAsync, SynchronizationContext.Current!);
/// </code>
/// </example>
public static class GuestLoop
{
    /// <summary>Starts a loop on a host.</summary>
    /// <param name="main">The main task's body; its first step runs in the first batch.</param>
    /// <param name="postToHost">Has the host run something on its thread, later; not inside the call, and one after the other. Called
    /// from the host's thread and from the helper's.</param>
    /// <param name="options">The loop's options, and the size of a batch.</param>
    /// <param name="cancellationToken">Cancels the main task.</param>
    /// <returns>The main task's outcome, together with errors nobody handled; it ends when the loop has closed.</returns>
    public static Task RunAsync(Func<Task> main, Action<Action> postToHost, GuestLoopOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        return RunAsync(async () =>
        {
            await main();
            return true;
        }, postToHost, options, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync(Func{Task}, Action{Action}, GuestLoopOptions?, CancellationToken)"/>
    /// <typeparam name="T">What the main task returns.</typeparam>
    public static Task<T> RunAsync<T>(Func<Task<T>> main, Action<Action> postToHost, GuestLoopOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        ArgumentNullException.ThrowIfNull(postToHost);
        var run = new GuestRun<T>(main, postToHost, options ?? GuestLoopOptions.Default, cancellationToken);
        run.Begin();
        return run.Outcome;
    }

    /// <summary>Starts a loop on a host that has a context to post to: a user interface, for instance.</summary>
    /// <param name="main">The main task's body; its first step runs in the first batch.</param>
    /// <param name="host">The host's context. Its posts must run one after the other.</param>
    /// <param name="options">The loop's options, and the size of a batch.</param>
    /// <param name="cancellationToken">Cancels the main task.</param>
    /// <returns>The main task's outcome, together with errors nobody handled; it ends when the loop has closed.</returns>
    public static Task RunAsync(Func<Task> main, SynchronizationContext host, GuestLoopOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        return RunAsync(main, batch => host.Post(static x => ((Action)x!)(), batch), options, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync(Func{Task}, SynchronizationContext, GuestLoopOptions?, CancellationToken)"/>
    /// <typeparam name="T">What the main task returns.</typeparam>
    public static Task<T> RunAsync<T>(Func<Task<T>> main, SynchronizationContext host, GuestLoopOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(host);
        return RunAsync(main, batch => host.Post(static x => ((Action)x!)(), batch), options, cancellationToken);
    }
}
