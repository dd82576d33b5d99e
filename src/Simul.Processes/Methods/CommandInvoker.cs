using System.Reflection;
using Simul.Processes.Payloads;

namespace Simul.Processes.Methods;

// Methods that return nothing, or a task of nothing. Their result has no bytes.
internal sealed class CommandInvoker(MethodInfo method, WorkShape shape, bool isClosure, string display)
    : InvokerOf<ValueTuple>(method, isClosure, display, shape switch
    {
        WorkShape.Synchronous => typeof(Action),
        WorkShape.SynchronousCancellable => typeof(Action<CancellationToken>),
        WorkShape.Asynchronous => typeof(Func<Task>),
        _ => typeof(Func<CancellationToken, Task>),
    })
{
    public override void Run(ItemInput input, CancellationToken token, ResultBuffer result)
    {
        var bound = Bind(input);
        if (shape == WorkShape.Synchronous) ((Action)bound)();
        else ((Action<CancellationToken>)bound)(token);
    }

    public override async Task<Action<ResultBuffer>> RunAsync(ItemInput input, CancellationToken token)
    {
        var bound = Bind(input);
        await (shape == WorkShape.Asynchronous ? ((Func<Task>)bound)() : ((Func<CancellationToken, Task>)bound)(token)).ConfigureAwait(false);
        return static _ => { };
    }
}

internal sealed class CommandInvoker<TArg>(MethodInfo method, WorkShape shape, bool isClosure, string display)
    : InvokerOf<ValueTuple>(method, isClosure, display, shape switch
    {
        WorkShape.Synchronous => typeof(Action<TArg>),
        WorkShape.SynchronousCancellable => typeof(Action<TArg, CancellationToken>),
        WorkShape.Asynchronous => typeof(Func<TArg, Task>),
        _ => typeof(Func<TArg, CancellationToken, Task>),
    })
{
    public override void Run(ItemInput input, CancellationToken token, ResultBuffer result)
    {
        var bound = Bind(input);
        var value = input.ReadArgument<TArg>($"The argument of {Display}");
        if (shape == WorkShape.Synchronous) ((Action<TArg>)bound)(value);
        else ((Action<TArg, CancellationToken>)bound)(value, token);
    }

    public override async Task<Action<ResultBuffer>> RunAsync(ItemInput input, CancellationToken token)
    {
        var bound = Bind(input);
        var value = input.ReadArgument<TArg>($"The argument of {Display}");
        await (shape == WorkShape.Asynchronous ? ((Func<TArg, Task>)bound)(value) : ((Func<TArg, CancellationToken, Task>)bound)(value, token)).ConfigureAwait(false);
        return static _ => { };
    }
}
