namespace Simul;

// Waiting for several things at once, until all are there: asyncio's gather.
public sealed partial class EventLoop
{
    /// <summary>Waits for several operations that run in the current task, and returns their results. A checkpoint.</summary>
    /// <remarks>
    /// <para>Ordering: results stand in the order of the arguments, however the operations ended. None gives an empty array.</para>
    /// <para>Errors: the first one is raised as soon as it comes. The other operations <em>go on</em>, and what they raise later
    /// goes to the loop's log. Where one failure should end the others, use a <see cref="TaskGroup"/>; where every outcome
    /// counts, <see cref="GatherOutcomesAsync{T}(IEnumerable{ValueTask{T}})"/>.</para>
    /// <para>Cancellation: of the current scope, it ends this wait, and reaches the operations as well, since they run in that
    /// scope. An operation that was cancelled by itself has failed with <see cref="OperationCanceledException"/>.</para>
    /// <para>Semantics: asyncio's <c>gather</c>.</para>
    /// </remarks>
    /// <typeparam name="T">What they return.</typeparam>
    /// <param name="waits">The operations. A task may stand here twice, and so may a <c>ValueTask</c> that is backed by one.</param>
    /// <returns>The results; allocates nothing else when all are there already.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static ValueTask<T[]> GatherAsync<T>(params ReadOnlySpan<ValueTask<T>> waits)
    {
        var scope = LoopScope.Require();
        var results = waits.IsEmpty ? [] : new T[waits.Length];
        Gathering? gathering = null;
        for (int i = 0; i < waits.Length; i++)
        {
            if (waits[i].IsCompletedSuccessfully) results[i] = waits[i].Result;
            else (gathering ??= new Gathering(scope)).Follow(waits[i], results, i);
        }
        return gathering is null ? Passing(scope, results) : gathering.CollectAsync(results);
    }

    /// <inheritdoc cref="GatherAsync{T}(ReadOnlySpan{ValueTask{T}})"/>
    /// <returns>Ends with the last of them.</returns>
    [System.Runtime.CompilerServices.OverloadResolutionPriority(1)]
    public static ValueTask GatherAsync(params ReadOnlySpan<ValueTask> waits)
    {
        var scope = LoopScope.Require();
        Gathering? gathering = null;
        foreach (var wait in waits)
        {
            if (wait.IsCompletedSuccessfully) wait.GetAwaiter().GetResult(); // gives a pooled source back
            else (gathering ??= new Gathering(scope)).Follow(wait);
        }
        return gathering is null ? Passing(scope) : gathering.WaitAsync();
    }

    /// <inheritdoc cref="GatherAsync{T}(ReadOnlySpan{ValueTask{T}})"/>
    public static ValueTask<T[]> GatherAsync<T>(params ReadOnlySpan<Task<T>> waits)
    {
        var scope = LoopScope.Require();
        var results = waits.IsEmpty ? [] : new T[waits.Length];
        Gathering? gathering = null;
        for (int i = 0; i < waits.Length; i++)
        {
            var wait = waits[i] ?? throw NullWait(i);
            if (wait.IsCompletedSuccessfully) results[i] = wait.Result;
            else (gathering ??= new Gathering(scope)).Follow(new ValueTask<T>(wait), results, i);
        }
        return gathering is null ? Passing(scope, results) : gathering.CollectAsync(results);
    }

    /// <inheritdoc cref="GatherAsync(ReadOnlySpan{ValueTask})"/>
    public static ValueTask GatherAsync(params ReadOnlySpan<Task> waits)
    {
        var scope = LoopScope.Require();
        Gathering? gathering = null;
        for (int i = 0; i < waits.Length; i++)
        {
            var wait = waits[i] ?? throw NullWait(i);
            if (!wait.IsCompletedSuccessfully) (gathering ??= new Gathering(scope)).Follow(new ValueTask(wait));
        }
        return gathering is null ? Passing(scope) : gathering.WaitAsync();
    }

    /// <summary>Waits for loop tasks and returns their results. A checkpoint.</summary>
    /// <remarks>
    /// <para>Ordering and errors: as with operations; a task that was cancelled counts as failed. A task may stand here twice.</para>
    /// <para>Cancellation: it ends this wait and leaves the tasks alone: who spawned them owns them.</para>
    /// </remarks>
    /// <typeparam name="T">What they return.</typeparam>
    /// <param name="tasks">The tasks.</param>
    /// <returns>The results, in the order of the tasks.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled, or one of the tasks was.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the loop of the tasks.</exception>
    public static async ValueTask<T[]> GatherAsync<T>(IEnumerable<LoopTask<T>> tasks)
    {
        var all = OfThisLoop(tasks);
        await GatherEndsAsync(all, owned: false);
        return [.. all.Select(static task => task.Result)];
    }

    /// <inheritdoc cref="GatherAsync{T}(IEnumerable{LoopTask{T}})"/>
    /// <returns>Ends with the last of them.</returns>
    public static ValueTask GatherAsync(IEnumerable<LoopTask> tasks) => GatherEndsAsync(OfThisLoop(tasks), owned: false);

    /// <summary>Spawns a task of the loop for each body, waits for them and returns their results. A checkpoint.</summary>
    /// <remarks>
    /// <para>Ordering and errors: as with operations: after the first failure the others go on, as tasks of the loop.</para>
    /// <para>Cancellation: of the current scope, it cancels the spawned tasks, waits for their ends, and is raised.</para>
    /// <para>Semantics: asyncio's <c>gather</c> over coroutines. A <see cref="TaskGroup"/> leaves nothing behind.</para>
    /// </remarks>
    /// <typeparam name="T">What they return.</typeparam>
    /// <param name="bodies">The bodies; each begins in a later turn.</param>
    /// <returns>The results, in the order of the bodies.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled, or one of the tasks was.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static async ValueTask<T[]> GatherAsync<T>(IEnumerable<Func<Task<T>>> bodies)
    {
        var tasks = SpawnAll(bodies, static (loop, body) => loop.Spawn(body));
        await GatherEndsAsync(tasks, owned: true);
        return [.. tasks.Select(static task => task.Result)];
    }

    /// <inheritdoc cref="GatherAsync{T}(IEnumerable{Func{Task{T}}})"/>
    /// <returns>Ends with the last of them.</returns>
    public static ValueTask GatherAsync(IEnumerable<Func<Task>> bodies) =>
        GatherEndsAsync(SpawnAll(bodies, static (loop, body) => loop.Spawn(body)), owned: true);

    // A checkpoint whose result is there already.
    private static ValueTask<T> Passing<T>(LoopScope scope, T result) =>
        scope.IsCancelled ? scope.Cancelled<T>() : scope.TryPassCheckpoint() ? new(result) : scope.YieldWith(result);

    private static ValueTask Passing(LoopScope scope) => scope.TryPassCheckpoint() ? default : scope.Yield();

    private static async ValueTask GatherEndsAsync<TTask>(IReadOnlyList<TTask> tasks, bool owned)
        where TTask : LoopTask
    {
        var scope = LoopScope.Require();
        var watch = new EndWatch<TTask>(scope.Core, tasks.Distinct(), WaitUntil.FirstFailed, cancelledIsFailed: true);
        try
        {
            await watch.WaitAsync();
        }
        catch (OperationCanceledException) when (owned)
        {
            watch.LeaveTo(LogLate);
            await EndAsync(tasks, scope.Reason);
            throw;
        }
        catch (OperationCanceledException)
        {
            watch.Dispose();
            throw;
        }
        if (watch.FirstFailed is not { } failed) return;
        watch.LeaveTo(LogLate);
        await failed.JoinAsync(); // raises what it failed with
    }

    // Cancels what a gather owns and waits for it, however long it takes.
    private static async ValueTask EndAsync<TTask>(IReadOnlyList<TTask> tasks, string? reason)
        where TTask : LoopTask
    {
        foreach (var task in tasks) task.CancelOnLoop(reason ?? "the gather that owns it was cancelled");
        var watch = new EndWatch<TTask>(tasks[0].Core, tasks, WaitUntil.AllCompleted);
        await watch.WaitAsync(cancellable: false);
    }

    private static TTask[] SpawnAll<TTask, TBody>(IEnumerable<TBody> bodies, Func<EventLoop, TBody, TTask> spawn)
    {
        ArgumentNullException.ThrowIfNull(bodies);
        var loop = Current;
        TBody[] all = [.. bodies];
        int missing = Array.IndexOf(all, default);
        if (missing >= 0) throw new ArgumentException($"Body {missing} is null. Nothing was started.", nameof(bodies));
        return Array.ConvertAll(all, body => spawn(loop, body));
    }

    private static TTask[] OfThisLoop<TTask>(IEnumerable<TTask> tasks)
        where TTask : LoopTask
    {
        ArgumentNullException.ThrowIfNull(tasks);
        TTask[] all = [.. tasks];
        int missing = Array.IndexOf(all, null);
        if (missing >= 0) throw new ArgumentException($"Task {missing} is null.", nameof(tasks));
        LoopScope.Require();
        foreach (var task in all) LoopTask.RequireOn(task);
        return all;
    }

    private static ArgumentException NullWait(int index) => new($"Task {index} is null.", "waits");

    private static void LogLate(LoopTask task) =>
        ((EventLoop)task.Core.Host).Log($"{task.Description} failed after the gather that waited for it had ended: {task.Error}");
}
