namespace Simul;

public abstract partial class Executor
{
    /// <summary>Runs a method on a worker.</summary>
    /// <typeparam name="TResult">What the method returns.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="options">Name, time limit, priority, retries of the item.</param>
    /// <param name="cancellationToken">Gives the item up.</param>
    /// <returns>The method's result, or its exception.</returns>
    /// <exception cref="ExecutorClosedException">The executor has been disposed.</exception>
    public Task<TResult> SubmitAsync<TResult>(Func<TResult> method, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.Create<TResult>(method, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TResult}(Func{TResult}, WorkOptions?, CancellationToken)"/>
    public Task<TResult> SubmitAsync<TResult>(Func<CancellationToken, TResult> method, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.Create<TResult>(method, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TResult}(Func{TResult}, WorkOptions?, CancellationToken)"/>
    public Task<TResult> SubmitAsync<TResult>(Func<Task<TResult>> method, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.Create<TResult>(method, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TResult}(Func{TResult}, WorkOptions?, CancellationToken)"/>
    public Task<TResult> SubmitAsync<TResult>(Func<CancellationToken, Task<TResult>> method, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.Create<TResult>(method, options), cancellationToken);

    /// <summary>Runs a method with its argument on a worker.</summary>
    /// <typeparam name="TArg">The argument's type; it must be serialisable where the engine is another process.</typeparam>
    /// <typeparam name="TResult">What the method returns.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="argument">Its argument.</param>
    /// <param name="options">Name, time limit, priority, retries of the item.</param>
    /// <param name="cancellationToken">Gives the item up.</param>
    /// <returns>The method's result, or its exception.</returns>
    /// <exception cref="ExecutorClosedException">The executor has been disposed.</exception>
    public Task<TResult> SubmitAsync<TArg, TResult>(Func<TArg, TResult> method, TArg argument, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.Create<TArg, TResult>(method, argument, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArg, TResult}(Func{TArg, TResult}, TArg, WorkOptions?, CancellationToken)"/>
    public Task<TResult> SubmitAsync<TArg, TResult>(Func<TArg, CancellationToken, TResult> method, TArg argument, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.Create<TArg, TResult>(method, argument, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArg, TResult}(Func{TArg, TResult}, TArg, WorkOptions?, CancellationToken)"/>
    public Task<TResult> SubmitAsync<TArg, TResult>(Func<TArg, Task<TResult>> method, TArg argument, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.Create<TArg, TResult>(method, argument, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArg, TResult}(Func{TArg, TResult}, TArg, WorkOptions?, CancellationToken)"/>
    public Task<TResult> SubmitAsync<TArg, TResult>(Func<TArg, CancellationToken, Task<TResult>> method, TArg argument, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.Create<TArg, TResult>(method, argument, options), cancellationToken);

    /// <summary>Runs a method that returns nothing on a worker.</summary>
    /// <param name="method">The method.</param>
    /// <param name="options">Name, time limit, priority, retries of the item.</param>
    /// <param name="cancellationToken">Gives the item up.</param>
    /// <returns>The method's end, or its exception.</returns>
    /// <exception cref="ExecutorClosedException">The executor has been disposed.</exception>
    public Task SubmitAsync(Action method, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.CreateAction(method, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync(Action, WorkOptions?, CancellationToken)"/>
    public Task SubmitAsync(Action<CancellationToken> method, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.CreateAction(method, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync(Action, WorkOptions?, CancellationToken)"/>
    public Task SubmitAsync(Func<Task> method, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.CreateAction(method, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync(Action, WorkOptions?, CancellationToken)"/>
    public Task SubmitAsync(Func<CancellationToken, Task> method, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.CreateAction(method, options), cancellationToken);

    /// <summary>Runs a method that returns nothing on a worker, with its argument.</summary>
    /// <typeparam name="TArg">The argument's type; it must be serialisable where the engine is another process.</typeparam>
    /// <param name="method">The method.</param>
    /// <param name="argument">Its argument.</param>
    /// <param name="options">Name, time limit, priority, retries of the item.</param>
    /// <param name="cancellationToken">Gives the item up.</param>
    /// <returns>The method's end, or its exception.</returns>
    /// <exception cref="ExecutorClosedException">The executor has been disposed.</exception>
    public Task SubmitAsync<TArg>(Action<TArg> method, TArg argument, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.CreateAction(method, argument, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArg}(Action{TArg}, TArg, WorkOptions?, CancellationToken)"/>
    public Task SubmitAsync<TArg>(Action<TArg, CancellationToken> method, TArg argument, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.CreateAction(method, argument, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArg}(Action{TArg}, TArg, WorkOptions?, CancellationToken)"/>
    public Task SubmitAsync<TArg>(Func<TArg, Task> method, TArg argument, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.CreateAction(method, argument, options), cancellationToken);

    /// <inheritdoc cref="SubmitAsync{TArg}(Action{TArg}, TArg, WorkOptions?, CancellationToken)"/>
    public Task SubmitAsync<TArg>(Func<TArg, CancellationToken, Task> method, TArg argument, WorkOptions? options = null, CancellationToken cancellationToken = default) =>
        ExecuteAsync(WorkItem.CreateAction(method, argument, options), cancellationToken);
}
