using System.Reflection;
using Simul.Processes.Payloads;

namespace Simul.Processes.Methods;

// What methods with and without an argument have in common: their delegate and their result.
internal abstract class InvokerOf<TResult>(MethodInfo method, MethodTarget target, string display, Type delegateType) : Invoker
{
    private Delegate? _shared; // of methods that capture nothing

    protected static bool ReturnsNothing => typeof(TResult) == typeof(NoResult);

    protected string Display => display;

    protected string ArgumentText { get; } = $"The argument of {display}";

    protected Delegate Bind(ItemInput input)
    {
        if (_shared is not null) return _shared;
        if (input.HasClosure) return method.CreateDelegate(delegateType, input.ReadClosure(bytes => ReadTarget(bytes, input.Serializer)));
        return _shared = method.CreateDelegate(delegateType, target == MethodTarget.None ? null : ReadTarget([], input.Serializer));
    }

    private object ReadTarget(ReadOnlySpan<byte> bytes, WorkSerializer serializer) => target == MethodTarget.Closure
        ? Closure.Read(method.DeclaringType!, bytes, serializer, display)
        : WorkPayload.Deserialize<object>(bytes, serializer, $"The object of {display}");

    protected void Write(ResultBuffer buffer, TResult value, WorkSerializer serializer)
    {
        try
        {
            buffer.Put(value, serializer);
        }
        catch (WorkSerializationException refused)
        {
            throw new WorkSerializationException($"The result of {display} cannot be sent back. {refused.Message}");
        }
        catch (Exception error)
        {
            throw new WorkSerializationException($"The result of {display}, of type {typeof(TResult)}, cannot be sent back: {error.Message} Return values that {serializer} can write and read: numbers, strings, arrays, records with public properties.");
        }
    }

    // A delegate that returns a Task<TResult> is one that returns a Task.
    protected async Task<Action<ResultBuffer>> FinishAsync(Task running, ItemInput input, object? captured, object? argument)
    {
        if (ReturnsNothing)
        {
            await running.ConfigureAwait(false);
            GC.KeepAlive(captured);
            GC.KeepAlive(argument);
            return static _ => { };
        }
        var value = await ((Task<TResult>)running).ConfigureAwait(false);
        GC.KeepAlive(captured); // a SharedArray, whose span the method uses
        GC.KeepAlive(argument);
        var serializer = input.Serializer;
        return target => Write(target, value, serializer);
    }

    protected static async Task<TResult> Typed(Task running)
    {
        if (!ReturnsNothing) return await (Task<TResult>)running;
        await running;
        return default!;
    }
}
