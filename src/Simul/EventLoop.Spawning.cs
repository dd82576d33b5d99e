namespace Simul;

public sealed partial class EventLoop
{
    /// <summary>Spawns a task that belongs to the loop itself: it may outlive its spawner, and is cancelled and awaited when the
    /// main task has ended. Where you can, use a <see cref="TaskGroup"/>.</summary>
    /// <param name="body">The task's body; its first step runs in a later turn.</param>
    /// <param name="name">Its name; <c>task N</c> when omitted.</param>
    /// <returns>The task. If it fails while nobody awaits it, the error goes to the unhandled-error handler.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on this loop.</exception>
    public LoopTask Spawn(Func<Task> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        Check();
        var task = new LoopTask(_root, body, name);
        _root.Start(task);
        return task;
    }

    /// <inheritdoc cref="Spawn(Func{Task}, string?)"/>
    /// <typeparam name="T">What the task returns.</typeparam>
    public LoopTask<T> Spawn<T>(Func<Task<T>> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        Check();
        var task = new LoopTask<T>(_root, body, name);
        _root.Start(task);
        return task;
    }

    /// <inheritdoc cref="Spawn(Func{Task}, string?)"/>
    /// <remarks>Needs no closure: for very many tasks.</remarks>
    /// <typeparam name="TState">The argument's type.</typeparam>
    /// <param name="body">The task's body; its first step runs in a later turn.</param>
    /// <param name="state">The body's argument.</param>
    /// <param name="name">Its name; <c>task N</c> when omitted.</param>
    public LoopTask Spawn<TState>(Func<TState, Task> body, TState state, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        Check();
        var task = new StatefulTask<TState>(_root, body, state, name);
        _root.Start(task);
        return task;
    }

    /// <inheritdoc cref="Spawn{TState}(Func{TState, Task}, TState, string?)"/>
    /// <typeparam name="TState">The argument's type.</typeparam>
    /// <typeparam name="T">What the task returns.</typeparam>
    public LoopTask<T> Spawn<TState, T>(Func<TState, Task<T>> body, TState state, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        Check();
        var task = new StatefulTask<TState, T>(_root, body, state, name);
        _root.Start(task);
        return task;
    }

    /// <summary>Spawns a task and runs its first step at once, to its first checkpoint that waits.</summary>
    /// <param name="body">The task's body.</param>
    /// <param name="name">Its name; <c>task N</c> when omitted.</param>
    /// <returns>The task; it may have ended already.</returns>
    public LoopTask StartNow(Func<Task> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        Check();
        var task = new LoopTask(_root, body, name);
        _root.StartNow(task);
        return task;
    }

    /// <summary>Runs a coroutine on the loop, from any thread.</summary>
    /// <remarks>It sees the caller's <see cref="AsyncLocal{T}"/> values. From a task of another loop, <see cref="InvokeAsync(Func{Task})"/> also
    /// carries cancellations over.</remarks>
    /// <param name="body">The coroutine.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Its outcome, as a task that may be awaited or blocked on from any thread but the loop's.</returns>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public Task SubmitAsync(Func<Task> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        return SubmitAsync(async () =>
        {
            await body();
            return true;
        }, cancellationToken);
    }

    /// <inheritdoc cref="SubmitAsync(Func{Task}, CancellationToken)"/>
    /// <typeparam name="T">What the coroutine returns.</typeparam>
    public Task<T> SubmitAsync<T>(Func<Task<T>> body, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(body);
        var submission = new Submission<T>(this, body, name: null, cancellationToken);
        if (!_core.Inject(Submission.StartIt, submission, _root)) throw new EventLoopClosedException(Name);
        return submission.Outcome;
    }
}
