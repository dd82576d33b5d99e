using System.Runtime.ExceptionServices;

namespace Simul;

public sealed partial class TaskGroup
{
    /// <summary>Spawns a child and waits until it says that it is ready. A checkpoint.</summary>
    /// <remarks>
    /// <para>Cancellation: when the caller is cancelled meanwhile, the child is cancelled too, and its end is waited for.</para>
    /// <para>Semantics: trio's <c>nursery.start</c>.</para>
    /// </remarks>
    /// <typeparam name="T">What the child says when it is ready.</typeparam>
    /// <param name="body">The child's body; it calls <see cref="TaskStarted{T}.SetReady"/> once.</param>
    /// <param name="name">Its name; <c>task N</c> when omitted.</param>
    /// <returns>What the child said. What it fails with before that is raised here, and does not fail the group.</returns>
    /// <exception cref="InvalidOperationException">The child ended without saying that it is ready, or the group has ended.</exception>
    /// <exception cref="OperationCanceledException">The caller's scope was cancelled, or the child was before it was ready.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the group's loop.</exception>
    public async Task<T> StartAsync<T>(Func<TaskStarted<T>, Task> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        _ = RequireLoop("A child without a token", "a body that takes one: group.StartAsync<T>(async (started, token) => ...)");
        var scope = Check();
        var ready = new Future<T>();
        var child = new StartingTask<T>(scope, body, new TaskStarted<T>(ready.TrySetResult), name);
        child.Ended = () =>
        {
            if (child.IsStarting) ready.TrySetException(WhyNotReady(child));
        };
        scope.Start(child);
        try
        {
            return await ready;
        }
        catch (OperationCanceledException) when (!child.IsCompleted)
        {
            child.IsAbandoned = true; // what it fails with on its way out is the group's
            child.Cancel("its starter was cancelled");
            using (CancelScope.Enter(shield: true)) await child.WaitAsync();
            throw;
        }
    }

    /// <summary>The same with a child that gets a token, on a loop or on the thread pool.</summary>
    /// <remarks>
    /// <para>On the pool the caller has no scope: a cancellation of the group ends the child, and with it the wait.</para>
    /// <para>Semantics: trio's <c>nursery.start</c>.</para>
    /// </remarks>
    /// <typeparam name="T">What the child says when it is ready.</typeparam>
    /// <param name="body">The child's body; it calls <see cref="TaskStarted{T}.SetReady"/> once. Its token is cancelled with the group.</param>
    /// <param name="name">Its name, on a loop.</param>
    /// <returns>What the child said. What it fails with before that is raised here, and does not fail the group.</returns>
    /// <exception cref="InvalidOperationException">The child ended without saying that it is ready, or the group has ended.</exception>
    /// <exception cref="OperationCanceledException">The caller's scope was cancelled, or the child was before it was ready.</exception>
    public Task<T> StartAsync<T>(Func<TaskStarted<T>, CancellationToken, Task> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return _pool is null ? StartAsync<T>(started => body(started, LoopScope.Require().Token), name) : StartAsync(_pool, body);
    }

    private static async Task<T> StartAsync<T>(PoolGroup pool, Func<TaskStarted<T>, CancellationToken, Task> body)
    {
        var ready = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        var started = new TaskStarted<T>(ready.TrySetResult);
        var child = pool.Spawn(
            async token =>
            {
                try
                {
                    await body(started, token).ConfigureAwait(false);
                }
                catch (Exception error) when (!started.IsReady && !(error is OperationCanceledException && token.IsCancellationRequested))
                {
                    return error; // the starter's to hear, not the group's
                }
                return null;
            },
            background: false);
        await Task.WhenAny(ready.Task, child).ConfigureAwait(false);
        if (ready.Task.IsCompleted) return await ready.Task.ConfigureAwait(false);
        if (await child.ConfigureAwait(false) is { } why) ExceptionDispatchInfo.Throw(why);
        throw new InvalidOperationException(NotReady("The child"));
    }

    private static string NotReady(string child) => $"{child} ended without saying that it is ready. Call SetReady on what its body is given.";

    private static Exception WhyNotReady(LoopTask child) => child.Status switch
    {
        LoopTaskStatus.Failed => child.Error!,
        LoopTaskStatus.Cancelled => new OperationCanceledException($"{child.Description} was cancelled before it was ready."),
        _ => new InvalidOperationException(NotReady(child.Description)),
    };
}
