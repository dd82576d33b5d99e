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
    public async Task<T> StartAsync<T>(Func<TaskStarted<T>, Task> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var scope = Check();
        var ready = new Future<T>();
        var child = new StartingTask<T>(scope, body, new TaskStarted<T>(ready), name);
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
            child.Cancel("its starter was cancelled");
            using (CancelScope.Enter(shield: true)) await child.WaitAsync();
            throw;
        }
    }

    private static Exception WhyNotReady(LoopTask child) => child.Status switch
    {
        LoopTaskStatus.Failed => child.Error!,
        LoopTaskStatus.Cancelled => new OperationCanceledException($"{child.Description} was cancelled before it was ready."),
        _ => new InvalidOperationException($"{child.Description} ended without saying that it is ready. Call SetReady on what its body is given."),
    };
}
