using System.Diagnostics;

namespace Simul;

/// <summary>The shapes a work item's method can have.</summary>
public enum WorkShape
{
    /// <summary>Returns its result.</summary>
    Synchronous,

    /// <summary>Returns its result and takes a cancellation token, last.</summary>
    SynchronousCancellable,

    /// <summary>Returns a task of its result.</summary>
    Asynchronous,

    /// <summary>Returns a task of its result and takes a cancellation token, last.</summary>
    AsynchronousCancellable,
}

/// <summary>A method and its argument, as an engine sees them.</summary>
/// <typeparam name="TResult">What the method returns (of an asynchronous method: what its task holds).</typeparam>
[DebuggerDisplay("{Name}")]
public abstract class WorkItem<TResult>
{
    private protected WorkItem(Delegate method, WorkShape shape, WorkOptions options)
    {
        Method = method;
        Shape = shape;
        Options = options;
    }

    /// <summary>The method.</summary>
    public Delegate Method { get; }

    /// <summary>The method's shape.</summary>
    public WorkShape Shape { get; }

    /// <summary>True when the method returns a task.</summary>
    public bool IsAsynchronous => Shape >= WorkShape.Asynchronous;

    /// <summary>Name and time limit.</summary>
    public WorkOptions Options { get; }

    /// <summary>The name shown in reports: the one in the options, or the method's.</summary>
    public string Name => Options.Name ?? Method.Method.Name;

    /// <summary>The argument's declared type; null when the method takes none.</summary>
    public abstract Type? ArgumentType { get; }

    /// <summary>The argument, boxed; null when there is none.</summary>
    public abstract object? Argument { get; }

    // How often it was tried; told by the engine.
    internal int Attempts { get; set; }

    /// <summary>Runs the method here, on the calling thread.</summary>
    /// <param name="cancellationToken">Handed to the method, if it takes one.</param>
    /// <returns>The result; already complete for a synchronous method. What the method throws comes out of this call or
    /// of the task.</returns>
    public abstract ValueTask<TResult> InvokeAsync(CancellationToken cancellationToken);
}

internal static class WorkItem
{
    public static WorkItem<TResult> Create<TResult>(Delegate method, WorkOptions? options)
    {
        ArgumentNullException.ThrowIfNull(method);
        return new Plain<TResult>(method, method switch
        {
            Func<TResult> => WorkShape.Synchronous,
            Func<CancellationToken, TResult> => WorkShape.SynchronousCancellable,
            Func<Task<TResult>> => WorkShape.Asynchronous,
            _ => WorkShape.AsynchronousCancellable,
        }, options ?? WorkOptions.Default);
    }

    public static WorkItem<TResult> Create<TArg, TResult>(Delegate method, TArg argument, WorkOptions? options)
    {
        ArgumentNullException.ThrowIfNull(method);
        return new WithArgument<TArg, TResult>(method, method switch
        {
            Func<TArg, TResult> => WorkShape.Synchronous,
            Func<TArg, CancellationToken, TResult> => WorkShape.SynchronousCancellable,
            Func<TArg, Task<TResult>> => WorkShape.Asynchronous,
            _ => WorkShape.AsynchronousCancellable,
        }, argument, options ?? WorkOptions.Default);
    }

    public static WorkItem<NoResult> CreateAction(Delegate method, WorkOptions? options)
    {
        ArgumentNullException.ThrowIfNull(method);
        return new PlainAction(method, method switch
        {
            Action => WorkShape.Synchronous,
            Action<CancellationToken> => WorkShape.SynchronousCancellable,
            Func<Task> => WorkShape.Asynchronous,
            _ => WorkShape.AsynchronousCancellable,
        }, options ?? WorkOptions.Default);
    }

    public static WorkItem<NoResult> CreateAction<TArg>(Delegate method, TArg argument, WorkOptions? options)
    {
        ArgumentNullException.ThrowIfNull(method);
        return new ActionWithArgument<TArg>(method, method switch
        {
            Action<TArg> => WorkShape.Synchronous,
            Action<TArg, CancellationToken> => WorkShape.SynchronousCancellable,
            Func<TArg, Task> => WorkShape.Asynchronous,
            _ => WorkShape.AsynchronousCancellable,
        }, argument, options ?? WorkOptions.Default);
    }

    private static ValueTask<NoResult> Done(Task task) => new(AwaitAsync(task));

    private static async Task<NoResult> AwaitAsync(Task task)
    {
        await task;
        return default;
    }

    private sealed class PlainAction(Delegate method, WorkShape shape, WorkOptions options) : WorkItem<NoResult>(method, shape, options)
    {
        public override Type? ArgumentType => null;

        public override object? Argument => null;

        public override ValueTask<NoResult> InvokeAsync(CancellationToken cancellationToken)
        {
            switch (Shape)
            {
                case WorkShape.Synchronous:
                    ((Action)Method)();
                    return default;
                case WorkShape.SynchronousCancellable:
                    ((Action<CancellationToken>)Method)(cancellationToken);
                    return default;
                case WorkShape.Asynchronous:
                    return Done(((Func<Task>)Method)());
                default:
                    return Done(((Func<CancellationToken, Task>)Method)(cancellationToken));
            }
        }
    }

    private sealed class ActionWithArgument<TArg>(Delegate method, WorkShape shape, TArg argument, WorkOptions options) : WorkItem<NoResult>(method, shape, options)
    {
        public override Type ArgumentType => typeof(TArg);

        public override object? Argument => argument;

        public override ValueTask<NoResult> InvokeAsync(CancellationToken cancellationToken)
        {
            switch (Shape)
            {
                case WorkShape.Synchronous:
                    ((Action<TArg>)Method)(argument);
                    return default;
                case WorkShape.SynchronousCancellable:
                    ((Action<TArg, CancellationToken>)Method)(argument, cancellationToken);
                    return default;
                case WorkShape.Asynchronous:
                    return Done(((Func<TArg, Task>)Method)(argument));
                default:
                    return Done(((Func<TArg, CancellationToken, Task>)Method)(argument, cancellationToken));
            }
        }
    }

    private sealed class Plain<TResult>(Delegate method, WorkShape shape, WorkOptions options) : WorkItem<TResult>(method, shape, options)
    {
        public override Type? ArgumentType => null;

        public override object? Argument => null;

        public override ValueTask<TResult> InvokeAsync(CancellationToken cancellationToken) => Shape switch
        {
            WorkShape.Synchronous => new(((Func<TResult>)Method)()),
            WorkShape.SynchronousCancellable => new(((Func<CancellationToken, TResult>)Method)(cancellationToken)),
            WorkShape.Asynchronous => new(((Func<Task<TResult>>)Method)()),
            _ => new(((Func<CancellationToken, Task<TResult>>)Method)(cancellationToken)),
        };
    }

    private sealed class WithArgument<TArg, TResult>(Delegate method, WorkShape shape, TArg argument, WorkOptions options) : WorkItem<TResult>(method, shape, options)
    {
        public override Type ArgumentType => typeof(TArg);

        public override object? Argument => argument;

        public override ValueTask<TResult> InvokeAsync(CancellationToken cancellationToken) => Shape switch
        {
            WorkShape.Synchronous => new(((Func<TArg, TResult>)Method)(argument)),
            WorkShape.SynchronousCancellable => new(((Func<TArg, CancellationToken, TResult>)Method)(argument, cancellationToken)),
            WorkShape.Asynchronous => new(((Func<TArg, Task<TResult>>)Method)(argument)),
            _ => new(((Func<TArg, CancellationToken, Task<TResult>>)Method)(argument, cancellationToken)),
        };
    }
}
