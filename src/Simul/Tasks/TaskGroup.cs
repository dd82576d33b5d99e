using System.Diagnostics;

namespace Simul;

/// <summary>Owns loop tasks until all of them have ended: nothing leaks out of the braces.</summary>
/// <remarks>
/// <para>The first failure, of the body or of a child, cancels everything else; when all have ended, one
/// <see cref="TaskGroupException"/> with every error is raised. A child that was cancelled by itself is no error.</para>
/// <para>Cancellation: from outside, it reaches the body and all children; the group waits for them and raises it again.</para>
/// <para>Semantics: trio's nursery; the error shape is always a group, also for one error.</para>
/// <para>Thread safety: belongs to its loop. <see cref="Cancel"/> may be called from any thread.</para>
/// </remarks>
/// <example>
/// <code>
/// await TaskGroup.RunAsync(async group =>
/// {
///     foreach (var board in boards)
///         group.Spawn(() => board.PlayAsync(), name: board.Name);
/// });
/// </code>
/// </example>
[DebuggerDisplay("{Name,nq}: {CurrentChildren} children")]
public sealed partial class TaskGroup
{
    private readonly GroupScope? _scope; // on a loop
    private readonly PoolGroup? _pool;   // elsewhere
    private List<object>? _owned;        // owner: the group's side; locked, since the pool has many threads

    private TaskGroup(GroupScope scope) => _scope = scope;

    private TaskGroup(PoolGroup pool) => _pool = pool;

    // For what is built on groups and has to know which of the two this is; null on a loop.
    internal PoolGroup? Pool => _pool;

    /// <summary>The group's name.</summary>
    public string Name => _scope?.Name ?? _pool!.Name;

    /// <summary>Children that have not ended.</summary>
    public int CurrentChildren => _scope?.CurrentChildren ?? _pool!.CurrentChildren;

    /// <summary>True when the group was cancelled, by <see cref="Cancel"/>, by a failure, or from outside.</summary>
    public bool IsCancelled => _scope?.IsCancelled ?? _pool!.IsCancelled;

    /// <summary>Cancelled when the group is; for calls that know nothing of scopes, and for everything on the thread pool.</summary>
    public CancellationToken Token => _scope?.Token ?? _pool!.Token;

    /// <summary>Runs a body that may spawn children, and ends when the body and all of them have ended.</summary>
    /// <param name="body">The body; on a loop it runs as part of the calling task.</param>
    /// <param name="options">Name and kind of the group.</param>
    /// <param name="cancellationToken">Cancels the group from outside.</param>
    /// <returns>Ends with the last child.</returns>
    /// <exception cref="TaskGroupException">The body or a child failed.</exception>
    /// <exception cref="OperationCanceledException">A scope around the group, or the token, was cancelled.</exception>
    public static Task RunAsync(Func<TaskGroup, Task> body, TaskGroupOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync<object?>(async group =>
        {
            await (body(group) ?? throw NoTask("group"));
            return null;
        }, options, cancellationToken);
    }

    /// <inheritdoc cref="RunAsync(Func{TaskGroup, Task}, TaskGroupOptions?, CancellationToken)"/>
    /// <typeparam name="T">What the body returns.</typeparam>
    /// <returns>What the body returned; the type's default when <see cref="Cancel"/> cut it short.</returns>
    public static Task<T> RunAsync<T>(Func<TaskGroup, Task<T>> body, TaskGroupOptions? options = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        options ??= TaskGroupOptions.Default;
        return LoopScope.Find() is { } parent ? RunAsync(parent, body, options, cancellationToken) : RunOnPoolAsync(body, options, cancellationToken);
    }

    private static async Task<T> RunAsync<T>(LoopScope parent, Func<TaskGroup, Task<T>> body, TaskGroupOptions options, CancellationToken cancellationToken)
    {
        var scope = new GroupScope(parent.Core, parent, options.Name ?? "group", options.Supervisor);
        var group = new TaskGroup(scope);
        scope.BecomeCurrent();
        using var registration = cancellationToken.UnsafeRegister(static x => ((GroupScope)x!).Cancel("the token given to the group was cancelled"), scope);
        T result = default!;
        bool cancelled = false;
        try
        {
            result = await (body(group) ?? throw NoTask("group"));
        }
        catch (OperationCanceledException) when (scope.IsCancelled)
        {
            cancelled = true;
        }
        catch (Exception error)
        {
            scope.AddError(error);
            scope.CancelOnLoop($"its body failed with {error.GetType().Name}");
        }
        if (scope.CurrentChildren == 0) await scope.YieldUncancelled(); // others may spawn into it meanwhile
        bool any = scope.CurrentChildren > 0;
        // New children may come while the last ones end, as long as one is alive.
        while (scope.ForegroundChildren > 0) await scope.WhenEmptyAsync(scope);
        scope.Drain();
        while (scope.CurrentChildren > 0) await scope.WhenEmptyAsync(scope);
        cancelled |= scope.EndedAnyChild || (any && scope.IsCancelled); // the wait for them is a checkpoint, too
        scope.End();
        if (group._owned is not null)
        {
            using (CancelScope.Enter(shield: true)) await group.DisposeOwnedAsync(scope.AddError);
        }
        bool fromOutside = parent.IsCancelled && !scope.Shield;
        scope.Close();
        parent.Live.BecomeCurrent();
        if (scope.Errors.Count > 0) throw new TaskGroupException(scope.Description, scope.Errors);
        if (cancelled && fromOutside) throw parent.CancellationError();
        if (cancelled) cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    // Same order, by tokens instead of scopes.
    private static async Task<T> RunOnPoolAsync<T>(Func<TaskGroup, Task<T>> body, TaskGroupOptions options, CancellationToken cancellationToken)
    {
        using var pool = new PoolGroup(options, cancellationToken);
        var group = new TaskGroup(pool);
        T result = default!;
        bool cancelled = false;
        try
        {
            result = await (body(group) ?? throw NoTask("group")).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (pool.IsCancelled)
        {
            cancelled = true;
        }
        catch (Exception error)
        {
            pool.AddError(error);
            pool.Cancel();
        }
        bool any = await pool.EndAsync().ConfigureAwait(false);
        cancelled |= pool.EndedAnyChild || (any && pool.IsCancelled);
        if (group._owned is not null) await group.DisposeOwnedAsync(pool.AddError).ConfigureAwait(false);
        if (pool.Errors.Count > 0) throw new TaskGroupException(pool.Description, pool.Errors);
        if (cancelled) cancellationToken.ThrowIfCancellationRequested();
        return result;
    }

    /// <summary>Spawns a child. Its first step runs in a later turn.</summary>
    /// <param name="body">The child's body.</param>
    /// <param name="name">Its name; <c>task N</c> when omitted.</param>
    /// <returns>The child. After the group was cancelled it is cancelled without running.</returns>
    /// <exception cref="InvalidOperationException">The group has ended.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the group's loop.</exception>
    public LoopTask Spawn(Func<Task> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var scope = Check();
        var child = new LoopTask(scope, body, name);
        scope.Start(child);
        return child;
    }

    /// <inheritdoc cref="Spawn(Func{Task}, string?)"/>
    /// <typeparam name="T">What the child returns.</typeparam>
    public LoopTask<T> Spawn<T>(Func<Task<T>> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var scope = Check();
        var child = new LoopTask<T>(scope, body, name);
        scope.Start(child);
        return child;
    }

    /// <inheritdoc cref="Spawn(Func{Task}, string?)"/>
    /// <remarks>Needs no closure: for very many children.</remarks>
    /// <typeparam name="TState">The argument's type.</typeparam>
    /// <param name="body">The child's body.</param>
    /// <param name="state">The body's argument.</param>
    /// <param name="name">Its name; <c>task N</c> when omitted.</param>
    public LoopTask Spawn<TState>(Func<TState, Task> body, TState state, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var scope = Check();
        var child = new StatefulTask<TState>(scope, body, state, name);
        scope.Start(child);
        return child;
    }

    /// <inheritdoc cref="Spawn{TState}(Func{TState, Task}, TState, string?)"/>
    /// <typeparam name="TState">The argument's type.</typeparam>
    /// <typeparam name="T">What the child returns.</typeparam>
    public LoopTask<T> Spawn<TState, T>(Func<TState, Task<T>> body, TState state, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var scope = Check();
        var child = new StatefulTask<TState, T>(scope, body, state, name);
        scope.Start(child);
        return child;
    }

    /// <summary>Spawns a child and runs its first step at once, to its first checkpoint that waits.</summary>
    /// <param name="body">The child's body.</param>
    /// <param name="name">Its name; <c>task N</c> when omitted.</param>
    /// <returns>The child; it may have ended already.</returns>
    /// <exception cref="InvalidOperationException">The group has ended.</exception>
    public LoopTask StartNow(Func<Task> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var scope = Check();
        var child = new LoopTask(scope, body, name);
        scope.StartNow(child);
        return child;
    }

    /// <inheritdoc cref="StartNow(Func{Task}, string?)"/>
    /// <typeparam name="T">What the child returns.</typeparam>
    public LoopTask<T> StartNow<T>(Func<Task<T>> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var scope = Check();
        var child = new LoopTask<T>(scope, body, name);
        scope.StartNow(child);
        return child;
    }

    /// <summary>Spawns a child that gets a token, on a loop or on the thread pool.</summary>
    /// <remarks>On the pool, children run in parallel and hear of a cancellation by this token alone.</remarks>
    /// <param name="body">The child's body; its token is cancelled with the group.</param>
    /// <param name="name">Its name, on a loop.</param>
    /// <returns>The child's outcome. After the group was cancelled the child is cancelled without running.</returns>
    /// <exception cref="InvalidOperationException">The group has ended.</exception>
    public Task Spawn(Func<CancellationToken, Task> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return Spawn<bool>(async token =>
        {
            await body(token);
            return true;
        }, name);
    }

    /// <inheritdoc cref="Spawn(Func{CancellationToken, Task}, string?)"/>
    /// <typeparam name="T">What the child returns.</typeparam>
    public Task<T> Spawn<T>(Func<CancellationToken, Task<T>> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return _pool is not null ? _pool.Spawn(body, background: false) : OutcomeOf(Spawn(() => body(LoopScope.Require().Token), name));
    }

    /// <summary>Spawns a child that does not keep the group open: when the body and all other children have ended, it is
    /// cancelled and waited for. A failure counts as any child's.</summary>
    /// <param name="body">The child's body.</param>
    /// <param name="name">Its name; <c>task N</c> when omitted.</param>
    /// <returns>The child.</returns>
    /// <exception cref="InvalidOperationException">The group has ended.</exception>
    public LoopTask SpawnBackground(Func<Task> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var scope = Check();
        var child = new LoopTask(scope, body, name);
        scope.StartBackground(child);
        return child;
    }

    /// <inheritdoc cref="SpawnBackground(Func{Task}, string?)"/>
    /// <remarks>On a loop or on the thread pool.</remarks>
    /// <returns>The child's outcome.</returns>
    public Task SpawnBackground(Func<CancellationToken, Task> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        async Task<bool> RunAsync(CancellationToken token)
        {
            await body(token);
            return true;
        }
        if (_pool is not null) return _pool.Spawn(RunAsync, background: true);
        var scope = Check();
        var child = new LoopTask<bool>(scope, () => RunAsync(LoopScope.Require().Token), name);
        var outcome = OutcomeOf(child);
        scope.StartBackground(child);
        return outcome;
    }

    /// <summary>Gives the group something to dispose when all children have ended: last given first, whatever happened. What
    /// disposing throws is among the group's errors.</summary>
    /// <param name="resource">An <see cref="IAsyncDisposable"/> or <see cref="IDisposable"/>.</param>
    /// <typeparam name="T">Its type.</typeparam>
    /// <returns>The resource.</returns>
    /// <exception cref="ArgumentException">It can't be disposed.</exception>
    /// <exception cref="InvalidOperationException">The group has ended.</exception>
    public T Own<T>(T resource)
        where T : notnull
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (resource is not (IAsyncDisposable or IDisposable))
            throw new ArgumentException($"A {typeof(T).Name} is neither IAsyncDisposable nor IDisposable, so there is nothing to do for the group that owns it.", nameof(resource));
        if (_scope is not null) Check();
        else _pool!.ThrowIfEnded();
        var owned = _owned ?? Interlocked.CompareExchange(ref _owned, [], null) ?? _owned;
        lock (owned) owned.Add(resource);
        return resource;
    }

    /// <summary>Cancels the body and all children; the group then ends without an error. Idempotent.</summary>
    /// <param name="reason">Shown in the exceptions.</param>
    public void Cancel(string? reason = null)
    {
        if (_scope is not null) _scope.Cancel(reason);
        else _pool!.Cancel();
    }

    internal GroupScope RequireLoop(string what, string remedy) => _scope ?? throw LoopAffinityException.NotOnLoop(what, remedy);

    private GroupScope Check()
    {
        var scope = RequireLoop("A child without a token", "a body that takes one: group.Spawn(async token => ...)");
        LoopTask.RequireOn(scope);
        return scope.HasEnded ? throw PoolGroup.Ended(scope.Description) : scope;
    }

    private async Task DisposeOwnedAsync(Action<Exception> failed)
    {
        for (int i = _owned!.Count - 1; i >= 0; i--)
        {
            try
            {
                if (_owned[i] is IAsyncDisposable resource) await resource.DisposeAsync();
                else ((IDisposable)_owned[i]).Dispose();
            }
            catch (Exception error)
            {
                failed(error);
            }
        }
    }

    internal static InvalidOperationException NoTask(string of) => new($"The body of the {of} returned no task. Return the task of an async method, or Task.CompletedTask.");

    // A child's outcome for whoever awaits tasks, on the loop or not.
    private static Task<T> OutcomeOf<T>(LoopTask<T> child)
    {
        var outcome = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        child.Ended = () =>
        {
            if (child.Status == LoopTaskStatus.Succeeded) outcome.SetResult(child.Result);
            else if (child.Error is { } error) outcome.SetException(error);
            else outcome.SetCanceled(child.Token);
            _ = outcome.Task.Exception; // the group has it: nobody else must look
        };
        return outcome.Task;
    }
}
