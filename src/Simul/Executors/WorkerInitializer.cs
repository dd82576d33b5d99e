namespace Simul;

/// <summary>What each worker of an executor does before its first item.</summary>
/// <remarks>
/// <para>What it returns is the worker's state, <see cref="WorkContext.State"/>: a parser, a connection, a table. It never
/// leaves its worker; one that is disposable is disposed when the worker ends. On a thread, static fields are shared with
/// all others and the state is not; in a worker process, both are its own.</para>
/// <para>An asynchronous initializer runs on an event loop of its own, which has ended when the first item begins.</para>
/// <para>For worker processes it is a static method or a lambda, as an item's method is.</para>
/// <para>Thread safety: immutable.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var engine = new ThreadExecutor(new ThreadExecutorOptions { Initializer = WorkerInitializer.Create(() => new Parser()) });
/// int words = await engine.SubmitAsync(() => WorkContext.Current!.GetState&lt;Parser&gt;().Count("one two"));
/// </code>
/// </example>
public abstract class WorkerInitializer
{
    private protected WorkerInitializer()
    {
    }

    /// <summary>Of a method that returns nothing.</summary>
    /// <param name="method">The method.</param>
    /// <returns>The initializer.</returns>
    public static WorkerInitializer Create(Action method) => new Of<NoResult>(WorkItem.CreateAction(method, null));

    /// <summary>Of an asynchronous method that returns nothing.</summary>
    /// <param name="method">The method.</param>
    /// <returns>The initializer.</returns>
    public static WorkerInitializer Create(Func<Task> method) => new Of<NoResult>(WorkItem.CreateAction(method, null));

    /// <summary>Of a method that returns the worker's state.</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="method">The method.</param>
    /// <returns>The initializer.</returns>
    public static WorkerInitializer Create<TState>(Func<TState> method) => new Of<TState>(WorkItem.Create<TState>(method, null));

    /// <summary>Of an asynchronous method that returns the worker's state.</summary>
    /// <typeparam name="TState">The state's type.</typeparam>
    /// <param name="method">The method.</param>
    /// <returns>The initializer.</returns>
    public static WorkerInitializer Create<TState>(Func<Task<TState>> method) => new Of<TState>(WorkItem.Create<TState>(method, null));

    internal abstract Delegate Method { get; }

    internal abstract WorkShape Shape { get; }

    internal abstract Type StateType { get; }

    // Runs it here; what it throws comes out.
    internal abstract ValueTask<object?> RunAsync();

    internal object? Run(string name, TimeProvider clock) => Shape == WorkShape.Synchronous
        ? RunAsync().Result
        : EventLoop.Run(() => RunAsync().AsTask(), new EventLoopOptions { Name = name, Clock = clock });

    // The state's end, on the worker; nobody is left to hear of its failure but the log.
    internal static void DisposeState(object? state, string worker)
    {
        try
        {
            if (state is IDisposable disposable) disposable.Dispose();
            else if (state is IAsyncDisposable later) later.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
        catch (Exception error)
        {
            Console.Error.WriteLine($"simul: the state of worker {worker} could not be disposed: {error}");
        }
    }

    private sealed class Of<TState>(WorkItem<TState> item) : WorkerInitializer
    {
        internal override Delegate Method => item.Method;

        internal override WorkShape Shape => item.Shape;

        internal override Type StateType => typeof(TState);

        internal override async ValueTask<object?> RunAsync()
        {
            var state = await item.InvokeAsync(CancellationToken.None);
            return typeof(TState) == typeof(NoResult) ? null : state;
        }
    }
}
