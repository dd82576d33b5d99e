using System.Reflection;
using Simul.Processes.Payloads;

namespace Simul.Processes.Methods;

// Calls one method in the worker: bytes in, bytes out.
internal abstract class Invoker
{
    public static Invoker Create(MethodInfo method, WorkShape shape, Type? argument, Type result, bool isClosure, string display)
    {
        if (result == typeof(void))
        {
            var command = argument is null ? typeof(CommandInvoker) : typeof(CommandInvoker<>).MakeGenericType(argument);
            return (Invoker)Activator.CreateInstance(command, method, shape, isClosure, display)!;
        }
        var type = argument is null ? typeof(Invoker<>).MakeGenericType(result) : typeof(Invoker<,>).MakeGenericType(argument, result);
        return (Invoker)Activator.CreateInstance(type, method, shape, isClosure, display)!;
    }

    public abstract void Run(ItemInput input, CancellationToken token, ResultBuffer result);

    public abstract Task<Action<ResultBuffer>> RunAsync(ItemInput input, CancellationToken token);
}

internal sealed class Invoker<TResult>(MethodInfo method, WorkShape shape, bool isClosure, string display)
    : InvokerOf<TResult>(method, isClosure, display, shape switch
    {
        WorkShape.Synchronous => typeof(Func<TResult>),
        WorkShape.SynchronousCancellable => typeof(Func<CancellationToken, TResult>),
        WorkShape.Asynchronous => typeof(Func<Task<TResult>>),
        _ => typeof(Func<CancellationToken, Task<TResult>>),
    })
{
    public override void Run(ItemInput input, CancellationToken token, ResultBuffer result)
    {
        var bound = Bind(input);
        Write(result, shape == WorkShape.Synchronous ? ((Func<TResult>)bound)() : ((Func<CancellationToken, TResult>)bound)(token));
        GC.KeepAlive(bound.Target); // a captured SharedArray, whose span the method uses
    }

    public override Task<Action<ResultBuffer>> RunAsync(ItemInput input, CancellationToken token)
    {
        var bound = Bind(input);
        return FinishAsync(shape == WorkShape.Asynchronous ? ((Func<Task<TResult>>)bound)() : ((Func<CancellationToken, Task<TResult>>)bound)(token), bound.Target, null);
    }
}

internal sealed class Invoker<TArg, TResult>(MethodInfo method, WorkShape shape, bool isClosure, string display)
    : InvokerOf<TResult>(method, isClosure, display, shape switch
    {
        WorkShape.Synchronous => typeof(Func<TArg, TResult>),
        WorkShape.SynchronousCancellable => typeof(Func<TArg, CancellationToken, TResult>),
        WorkShape.Asynchronous => typeof(Func<TArg, Task<TResult>>),
        _ => typeof(Func<TArg, CancellationToken, Task<TResult>>),
    })
{
    public override void Run(ItemInput input, CancellationToken token, ResultBuffer result)
    {
        var bound = Bind(input);
        var value = input.ReadArgument<TArg>($"The argument of {Display}");
        Write(result, shape == WorkShape.Synchronous ? ((Func<TArg, TResult>)bound)(value) : ((Func<TArg, CancellationToken, TResult>)bound)(value, token));
        GC.KeepAlive(bound.Target); // a SharedArray, whose span the method uses
        GC.KeepAlive(value);
    }

    public override Task<Action<ResultBuffer>> RunAsync(ItemInput input, CancellationToken token)
    {
        var bound = Bind(input);
        var value = input.ReadArgument<TArg>($"The argument of {Display}");
        return FinishAsync(shape == WorkShape.Asynchronous ? ((Func<TArg, Task<TResult>>)bound)(value) : ((Func<TArg, CancellationToken, Task<TResult>>)bound)(value, token), bound.Target, value);
    }
}
