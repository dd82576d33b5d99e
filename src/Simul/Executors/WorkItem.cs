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
