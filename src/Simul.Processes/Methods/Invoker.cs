using System.Reflection;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Simul.Processes.Payloads;
using Simul.Processes.Pool;

namespace Simul.Processes.Methods;

// Calls one method in the worker: bytes in, bytes out.
internal abstract class Invoker
{
    public static Invoker Create(MethodInfo method, WorkShape shape, Type? argument, Type result, MethodTarget target, string display)
    {
        var type = argument is null ? typeof(Invoker<>).MakeGenericType(result) : typeof(Invoker<,>).MakeGenericType(argument, result);
        return (Invoker)Activator.CreateInstance(type, method, shape, target, display)!;
    }

    public abstract void Run(ItemInput input, CancellationToken token, ResultBuffer result);

    public abstract Task<Action<ResultBuffer>> RunAsync(ItemInput input, CancellationToken token);

    // Many arguments, each in turn, and their results in the memory. Returns what one threw; those behind it do not begin.
    [SupportedOSPlatform("linux")]
    public virtual Exception? RunBatch(ItemInput input, int count, BatchMemory memory, int place, CancellationToken token) =>
        throw new SimulInternalException("a method without an argument has no batches");

    // Of an initializer, whose result stays here. A synchronous one has ended when this returns.
    public abstract Task<object?> RunForStateAsync(ItemInput input);
}

internal sealed class Invoker<TResult>(MethodInfo method, WorkShape shape, MethodTarget target, string display)
    : InvokerOf<TResult>(method, target, display, shape switch
    {
        WorkShape.Synchronous => ReturnsNothing ? typeof(Action) : typeof(Func<TResult>),
        WorkShape.SynchronousCancellable => ReturnsNothing ? typeof(Action<CancellationToken>) : typeof(Func<CancellationToken, TResult>),
        WorkShape.Asynchronous => ReturnsNothing ? typeof(Func<Task>) : typeof(Func<Task<TResult>>),
        _ => ReturnsNothing ? typeof(Func<CancellationToken, Task>) : typeof(Func<CancellationToken, Task<TResult>>),
    })
{
    public override void Run(ItemInput input, CancellationToken token, ResultBuffer result)
    {
        var bound = Bind(input);
        if (ReturnsNothing) Call(bound, token);
        else Write(result, Call(bound, token), input.Serializer);
        GC.KeepAlive(bound.Target); // a captured SharedArray, whose span the method uses
    }

    public override Task<Action<ResultBuffer>> RunAsync(ItemInput input, CancellationToken token)
    {
        var bound = Bind(input);
        return FinishAsync(CallAsync(bound, token), input, bound.Target, null);
    }

    public override async Task<object?> RunForStateAsync(ItemInput input)
    {
        var bound = Bind(input);
        var state = shape == WorkShape.Synchronous ? Call(bound, default) : await Typed(CallAsync(bound, default));
        return ReturnsNothing ? null : state;
    }

    private TResult Call(Delegate bound, CancellationToken token)
    {
        if (!ReturnsNothing) return shape == WorkShape.Synchronous ? ((Func<TResult>)bound)() : ((Func<CancellationToken, TResult>)bound)(token);
        if (shape == WorkShape.Synchronous) ((Action)bound)();
        else ((Action<CancellationToken>)bound)(token);
        return default!;
    }

    // A Task<TResult>, unless it returns nothing.
    private Task CallAsync(Delegate bound, CancellationToken token) => shape == WorkShape.Asynchronous ? ((Func<Task>)bound)() : ((Func<CancellationToken, Task>)bound)(token);
}

internal sealed class Invoker<TArg, TResult>(MethodInfo method, WorkShape shape, MethodTarget target, string display)
    : InvokerOf<TResult>(method, target, display, shape switch
    {
        WorkShape.Synchronous => ReturnsNothing ? typeof(Action<TArg>) : typeof(Func<TArg, TResult>),
        WorkShape.SynchronousCancellable => ReturnsNothing ? typeof(Action<TArg, CancellationToken>) : typeof(Func<TArg, CancellationToken, TResult>),
        WorkShape.Asynchronous => ReturnsNothing ? typeof(Func<TArg, Task>) : typeof(Func<TArg, Task<TResult>>),
        _ => ReturnsNothing ? typeof(Func<TArg, CancellationToken, Task>) : typeof(Func<TArg, CancellationToken, Task<TResult>>),
    })
{
    public override void Run(ItemInput input, CancellationToken token, ResultBuffer result)
    {
        var bound = Bind(input);
        var value = input.ReadArgument<TArg>(ArgumentText);
        if (!ReturnsNothing) Write(result, shape == WorkShape.Synchronous ? ((Func<TArg, TResult>)bound)(value) : ((Func<TArg, CancellationToken, TResult>)bound)(value, token), input.Serializer);
        else if (shape == WorkShape.Synchronous) ((Action<TArg>)bound)(value);
        else ((Action<TArg, CancellationToken>)bound)(value, token);
        GC.KeepAlive(bound.Target); // a SharedArray, whose span the method uses
        GC.KeepAlive(value);
    }

    public override Task<Action<ResultBuffer>> RunAsync(ItemInput input, CancellationToken token)
    {
        var bound = Bind(input);
        var value = input.ReadArgument<TArg>(ArgumentText);
        return FinishAsync(shape == WorkShape.Asynchronous ? ((Func<TArg, Task>)bound)(value) : ((Func<TArg, CancellationToken, Task>)bound)(value, token), input, bound.Target, value);
    }

    public override Task<object?> RunForStateAsync(ItemInput input) => throw new SimulInternalException("an initializer takes no argument");

    [SupportedOSPlatform("linux")]
    public override Exception? RunBatch(ItemInput input, int count, BatchMemory memory, int place, CancellationToken token)
    {
        ref int begun = ref memory.Begun(place);
        ref byte results = ref MemoryMarshal.GetReference(memory.Results(place));
        ref byte values = ref MemoryMarshal.GetArrayDataReference(input.TakeRawArgument());
        var context = ExecutionContext.Capture();
        int done = 0;
        Exception? failure = null;
        try
        {
            var method = (Func<TArg, TResult>)Bind(input);
            for (; done < count && !token.IsCancellationRequested; done++)
            {
                Volatile.Write(ref begun, done + 1); // not before the last result is there
                var result = method(Unsafe.ReadUnaligned<TArg>(ref Unsafe.Add(ref values, done * Unsafe.SizeOf<TArg>())));
                Unsafe.WriteUnaligned(ref Unsafe.Add(ref results, done * Unsafe.SizeOf<TResult>()), result);
                // What one left in asynchronous locals, or as its synchronization context, is not for the next.
                if (ExecutionContext.Capture() != context) ExecutionContext.Restore(context!);
                if (SynchronizationContext.Current is not null) SynchronizationContext.SetSynchronizationContext(null);
            }
        }
        catch (Exception error)
        {
            failure = error;
        }
        Volatile.Write(ref memory.Done(place), done);
        return failure;
    }
}
