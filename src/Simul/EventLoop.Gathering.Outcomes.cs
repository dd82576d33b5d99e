namespace Simul;

// asyncio's gather(return_exceptions=True).
public sealed partial class EventLoop
{
    /// <summary>Waits until all of several operations have ended, and returns how each did; raises none of their errors. A
    /// checkpoint.</summary>
    /// <remarks>
    /// <para>Ordering: the outcomes stand in the order of the arguments.</para>
    /// <para>Cancellation: of the current scope, it ends this wait and reaches the operations, which run in that scope.</para>
    /// <para>Semantics: asyncio's <c>gather(return_exceptions=True)</c>.</para>
    /// </remarks>
    /// <typeparam name="T">What they return.</typeparam>
    /// <param name="waits">The operations.</param>
    /// <returns>An outcome for each.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static async ValueTask<Outcome<T>[]> GatherOutcomesAsync<T>(params IEnumerable<ValueTask<T>> waits)
    {
        ArgumentNullException.ThrowIfNull(waits);
        return await GatherAsync<Outcome<T>>([.. waits.Select(OutcomeOfAsync)]);
    }

    /// <inheritdoc cref="GatherOutcomesAsync{T}(IEnumerable{ValueTask{T}})"/>
    public static async ValueTask<Outcome[]> GatherOutcomesAsync(params IEnumerable<ValueTask> waits)
    {
        ArgumentNullException.ThrowIfNull(waits);
        return await GatherAsync<Outcome>([.. waits.Select(OutcomeOfAsync)]);
    }

    /// <summary>Waits until all of several loop tasks have ended, and returns how each did; raises none of their errors. A
    /// checkpoint.</summary>
    /// <remarks>
    /// <para>Ordering: the outcomes stand in the order of the tasks. A task may stand here twice.</para>
    /// <para>Cancellation: it ends this wait and leaves the tasks alone: who spawned them owns them.</para>
    /// </remarks>
    /// <typeparam name="T">What they return.</typeparam>
    /// <param name="tasks">The tasks.</param>
    /// <returns>An outcome for each.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the loop of the tasks.</exception>
    public static async ValueTask<Outcome<T>[]> GatherOutcomesAsync<T>(IEnumerable<LoopTask<T>> tasks)
    {
        var all = OfThisLoop(tasks);
        await EndsAsync(all, owned: false);
        return Array.ConvertAll(all, OutcomeOf);
    }

    /// <summary>Spawns a task of the loop for each body, waits until all have ended, and returns how each did. A checkpoint.</summary>
    /// <remarks>
    /// <para>Ordering: the outcomes stand in the order of the bodies.</para>
    /// <para>Cancellation: of the current scope, it cancels the spawned tasks, waits for their ends, and is raised.</para>
    /// </remarks>
    /// <typeparam name="T">What they return.</typeparam>
    /// <param name="bodies">The bodies; each begins in a later turn.</param>
    /// <returns>An outcome for each.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static async ValueTask<Outcome<T>[]> GatherOutcomesAsync<T>(IEnumerable<Func<Task<T>>> bodies)
    {
        var tasks = SpawnAll(bodies, static (loop, body) => loop.Spawn(body));
        await EndsAsync(tasks, owned: true);
        return Array.ConvertAll(tasks, OutcomeOf);
    }

    /// <inheritdoc cref="GatherOutcomesAsync{T}(IEnumerable{Func{Task{T}}})"/>
    public static async ValueTask<Outcome[]> GatherOutcomesAsync(IEnumerable<Func<Task>> bodies)
    {
        var tasks = SpawnAll(bodies, static (loop, body) => loop.Spawn(body));
        await EndsAsync(tasks, owned: true);
        return Array.ConvertAll(tasks, static task => new Outcome(task.Status, ErrorOf(task)));
    }

    private static async ValueTask EndsAsync<TTask>(IReadOnlyList<TTask> tasks, bool owned)
        where TTask : LoopTask
    {
        var scope = LoopScope.Require();
        using var watch = new EndWatch<TTask>(scope.Core, tasks.Distinct(), WaitUntil.AllCompleted);
        try
        {
            await watch.WaitAsync();
        }
        catch (OperationCanceledException) when (owned)
        {
            await EndAsync(tasks, scope.Reason);
            throw;
        }
    }

    private static async ValueTask<Outcome<T>> OutcomeOfAsync<T>(ValueTask<T> wait)
    {
        try
        {
            return new Outcome<T>(await wait);
        }
        catch (Exception error)
        {
            return new Outcome<T>(StatusOf(error), error);
        }
    }

    private static async ValueTask<Outcome> OutcomeOfAsync(ValueTask wait)
    {
        try
        {
            await wait;
            return new Outcome(LoopTaskStatus.Succeeded, null);
        }
        catch (Exception error)
        {
            return new Outcome(StatusOf(error), error);
        }
    }

    // As everywhere: an OperationCanceledException is a cancellation only where somebody cancelled.
    private static LoopTaskStatus StatusOf(Exception error) =>
        error is OperationCanceledException && LoopScope.Find() is { IsCancelled: true } ? LoopTaskStatus.Cancelled : LoopTaskStatus.Failed;

    private static Outcome<T> OutcomeOf<T>(LoopTask<T> task) =>
        task.Status == LoopTaskStatus.Succeeded ? new Outcome<T>(task.Result) : new Outcome<T>(task.Status, ErrorOf(task)!);

    private static Exception? ErrorOf(LoopTask task) => task.Status == LoopTaskStatus.Succeeded ? null : task.OutcomeError();
}
