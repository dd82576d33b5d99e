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

    /// <summary>Waits for a loop task's outcome, but not for ever: when time runs out, the task is cancelled. A checkpoint.</summary>
    /// <remarks>
    /// <para>A task that has ended gives its outcome, however short the time; one that has not begun when the time is zero or less
    /// never runs.</para>
    /// <para>Cancellation: of the caller, it reaches the task as well. In either case the task's end is waited for, and a task that
    /// comes to a result or fails on its way out gives that. To give up the wait alone, await the task in
    /// <see cref="CancelScope.TimeoutAfterAsync{T}(TimeSpan, Func{Task{T}})"/>.</para>
    /// <para>Semantics: asyncio's <c>wait_for</c>.</para>
    /// </remarks>
    /// <typeparam name="T">What it returns.</typeparam>
    /// <param name="task">The task.</param>
    /// <param name="timeout">The time allowed; <see cref="Timeout.InfiniteTimeSpan"/> for as long as it takes.</param>
    /// <returns>What the task returned; what it failed with is raised.</returns>
    /// <exception cref="TimeoutException">Time ran out, and the task was cancelled.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled, or the task was, by somebody else.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the task's loop.</exception>
    public static async Task<T> WaitForAsync<T>(LoopTask<T> task, TimeSpan timeout)
    {
        await EndInTimeAsync(task, timeout);
        return await task;
    }

    /// <inheritdoc cref="WaitForAsync{T}(LoopTask{T}, TimeSpan)"/>
    /// <returns>Ends with the task; what it failed with is raised.</returns>
    public static async Task WaitForAsync(LoopTask task, TimeSpan timeout)
    {
        await EndInTimeAsync(task, timeout);
        await task;
    }

    private static async Task EndInTimeAsync(LoopTask task, TimeSpan timeout)
    {
        ArgumentNullException.ThrowIfNull(task);
        LoopTask.RequireOn(task);
        if (task.IsCompleted) return;
        bool late = true;
        try
        {
            if (timeout > TimeSpan.Zero || timeout == Timeout.InfiniteTimeSpan) late = await CancelScope.MoveOnAfterAsync(timeout, task.WaitAsync);
        }
        finally
        {
            if (late)
            {
                task.Cancel("who waited for it gave up");
                using (CancelScope.Enter(shield: true)) await task.WaitAsync();
            }
        }
        if (late && task.Status == LoopTaskStatus.Cancelled) throw new TimeoutException($"{task.Description} did not end within {timeout}.");
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
