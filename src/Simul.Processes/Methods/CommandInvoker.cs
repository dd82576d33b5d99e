using System.Buffers;
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
    public override void Run(byte[] closure, byte[] argument, CancellationToken token, ArrayBufferWriter<byte> result)
    {
        var bound = Bind(closure);
        if (shape == WorkShape.Synchronous) ((Action)bound)();
        else ((Action<CancellationToken>)bound)(token);
    }

    public override async Task<Action<ArrayBufferWriter<byte>>> RunAsync(byte[] closure, byte[] argument, CancellationToken token)
    {
        var bound = Bind(closure);
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
    public override void Run(byte[] closure, byte[] argument, CancellationToken token, ArrayBufferWriter<byte> result)
    {
        var bound = Bind(closure);
        var value = Argument(argument);
        if (shape == WorkShape.Synchronous) ((Action<TArg>)bound)(value);
        else ((Action<TArg, CancellationToken>)bound)(value, token);
    }

    public override async Task<Action<ArrayBufferWriter<byte>>> RunAsync(byte[] closure, byte[] argument, CancellationToken token)
    {
        var bound = Bind(closure);
        var value = Argument(argument);
        await (shape == WorkShape.Asynchronous ? ((Func<TArg, Task>)bound)(value) : ((Func<TArg, CancellationToken, Task>)bound)(value, token)).ConfigureAwait(false);
        return static _ => { };
    }

    private TArg Argument(byte[] bytes) => WorkPayload.Deserialize<TArg>(bytes, $"The argument of {Display}");
}
