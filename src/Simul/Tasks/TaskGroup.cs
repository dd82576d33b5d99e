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
public sealed class TaskGroup
{
    private readonly GroupScope _scope;

    private TaskGroup(GroupScope scope) => _scope = scope;

    /// <summary>The group's name.</summary>
    public string Name => _scope.Name;

    /// <summary>Children that have not ended.</summary>
    public int CurrentChildren => _scope.CurrentChildren;

    /// <summary>True when the group was cancelled, by <see cref="Cancel"/>, by a failure, or from outside.</summary>
    public bool IsCancelled => _scope.IsCancelled;

    /// <summary>Runs a body that may spawn children, and ends when the body and all of them have ended.</summary>
    /// <param name="body">The body; it runs as part of the calling task.</param>
    /// <param name="options">Name and kind of the group.</param>
    /// <returns>Ends with the last child.</returns>
    /// <exception cref="TaskGroupException">The body or a child failed.</exception>
    /// <exception cref="OperationCanceledException">A scope around the group was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static Task RunAsync(Func<TaskGroup, Task> body, TaskGroupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync<object?>(async group =>
        {
            await body(group);
            return null;
        }, options);
    }

    /// <inheritdoc cref="RunAsync(Func{TaskGroup, Task}, TaskGroupOptions?)"/>
    /// <typeparam name="T">What the body returns.</typeparam>
    public static async Task<T> RunAsync<T>(Func<TaskGroup, Task<T>> body, TaskGroupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        options ??= TaskGroupOptions.Default;
        var parent = LoopScope.Require();
        var scope = new GroupScope(parent.Core, parent, options.Name ?? "group", options.Supervisor);
        scope.BecomeCurrent();
        T result = default!;
        bool cancelled = false;
        try
        {
            result = await body(new TaskGroup(scope));
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
        if (scope.CurrentChildren > 0)
        {
            // New children may come while the last ones end, as long as one is alive.
            while (scope.CurrentChildren > 0) await scope.WhenEmptyAsync(scope);
            cancelled |= scope.IsCancelled;
        }
        else
        {
            await scope.YieldUncancelled();
        }
        bool fromOutside = parent.IsCancelled && !scope.Shield;
        scope.Close();
        parent.Live.BecomeCurrent();
        if (scope.Errors.Count > 0) throw new TaskGroupException(scope.Description, scope.Errors);
        if (cancelled && fromOutside) throw parent.CancellationError();
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
        Check();
        var child = new LoopTask(_scope, body, name);
        _scope.Start(child);
        return child;
    }

    /// <inheritdoc cref="Spawn(Func{Task}, string?)"/>
    /// <typeparam name="T">What the child returns.</typeparam>
    public LoopTask<T> Spawn<T>(Func<Task<T>> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        Check();
        var child = new LoopTask<T>(_scope, body, name);
        _scope.Start(child);
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
        Check();
        var child = new StatefulTask<TState>(_scope, body, state, name);
        _scope.Start(child);
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
        Check();
        var child = new LoopTask(_scope, body, name);
        _scope.StartNow(child);
        return child;
    }

    /// <summary>Cancels the body and all children; the group then ends without an error. Idempotent.</summary>
    /// <param name="reason">Shown in the exceptions.</param>
    public void Cancel(string? reason = null) => _scope.Cancel(reason);

    private void Check()
    {
        LoopTask.RequireOn(_scope);
        if (_scope.IsClosed)
            throw new InvalidOperationException($"{_scope.Description} has ended and takes no more children. Spawn inside its body, or from a child that is still alive.");
    }
}
