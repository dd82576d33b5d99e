namespace Simul;

// Waiting for loop tasks without raising what they raise.
public sealed partial class EventLoop
{
    /// <summary>Waits for loop tasks and tells which have ended. A checkpoint.</summary>
    /// <remarks>
    /// <para>Never raises what a task raised, and never cancels one, not even when time runs out: look at each task's
    /// <see cref="LoopTask.Status"/>.</para>
    /// <para>Ordering: both lists keep the order of the tasks; a task that was given twice stands there once. More than one
    /// may be done, whatever was waited for.</para>
    /// <para>Cancellation: it ends this wait and leaves the tasks alone.</para>
    /// <para>Semantics: asyncio's <c>wait</c>.</para>
    /// </remarks>
    /// <typeparam name="TTask"><see cref="LoopTask"/> or <see cref="LoopTask{T}"/>.</typeparam>
    /// <param name="tasks">The tasks; at least one.</param>
    /// <param name="until">What ends the wait.</param>
    /// <param name="timeout">Ends the wait in any case; null for never, zero to look only.</param>
    /// <returns>The tasks that have ended, and those that have not.</returns>
    /// <exception cref="ArgumentException">There is no task.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the loop of the tasks.</exception>
    public static async Task<(IReadOnlyList<TTask> Done, IReadOnlyList<TTask> Pending)> WaitAsync<TTask>(
        IEnumerable<TTask> tasks, WaitUntil until = WaitUntil.AllCompleted, TimeSpan? timeout = null)
        where TTask : LoopTask
    {
        TTask[] all = [.. OfThisLoop(tasks).Distinct()];
        if (all.Length == 0) throw new ArgumentException("There is no task to wait for. Give at least one.", nameof(tasks));
        if (!Enum.IsDefined(until)) throw new ArgumentOutOfRangeException(nameof(until), until, "There is no such end of a wait.");
        if (timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A wait must not be shorter than zero. Use zero to look only, or leave it out to wait for as long as it takes.");
        using var watch = new EndWatch<TTask>(LoopScope.Require().Core, all, until);
        if (timeout is { } limit && limit != Timeout.InfiniteTimeSpan) watch.EndAfter(limit);
        await watch.WaitAsync();
        return (Array.FindAll(all, static task => task.IsCompleted), Array.FindAll(all, static task => !task.IsCompleted));
    }

    /// <summary>Streams loop tasks in the order in which they end. Each step is a checkpoint.</summary>
    /// <remarks>
    /// <para>Yields the tasks themselves, each once, whether it succeeded, failed or was cancelled: await it for its result.
    /// Those that have ended before come first, in their own order.</para>
    /// <para>Cancellation: it ends the wait and leaves the tasks alone, as leaving the loop early does.</para>
    /// <para>Semantics: asyncio's <c>async for</c> over <c>as_completed</c>.</para>
    /// </remarks>
    /// <typeparam name="TTask"><see cref="LoopTask"/> or <see cref="LoopTask{T}"/>.</typeparam>
    /// <param name="tasks">The tasks.</param>
    /// <returns>The tasks.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the loop of the tasks.</exception>
    public static IAsyncEnumerable<TTask> AsCompletedAsync<TTask>(IEnumerable<TTask> tasks)
        where TTask : LoopTask => AsCompleted([.. OfThisLoop(tasks).Distinct()]);

    private static async IAsyncEnumerable<TTask> AsCompleted<TTask>(TTask[] tasks)
        where TTask : LoopTask
    {
        using var watch = new EndWatch<TTask>(LoopScope.Require().Core, tasks, WaitUntil.FirstCompleted);
        for (int i = 0; i < tasks.Length; i++)
        {
            await watch.WaitAsync();
            if (!watch.TryTake(out var task)) throw new SimulInternalException("a task that ended was not there");
            yield return task!;
        }
    }
}
