using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// What an item brings to its method, and how long it may lie where it is. Taken once, so that a large argument is not kept
// twice while the method runs.
internal sealed class ItemInput(Payload closure, Payload argument, WorkSerializer serializer)
{
    private readonly ItemLease? _lease = argument.IsInBlock ? new ItemLease() : null;
    private Payload _closure = closure;
    private Payload _argument = argument;

    public WorkSerializer Serializer => serializer;

    public bool HasClosure { get; } = !closure.IsNone;

    public unsafe object ReadClosure(Func<ReadOnlySpan<byte>, object> read)
    {
        var closure = _closure;
        _closure = Payload.None;
        return read(closure.IsInBlock ? new ReadOnlySpan<byte>(closure.Block.Start, checked((int)closure.Block.Length)) : closure.Bytes);
    }

    public T ReadArgument<T>(string what)
    {
        var argument = _argument;
        _argument = Payload.None;
        return argument.IsInBlock ? WorkPayload.Deserialize<T>(argument.Block, _lease, serializer, what) : WorkPayload.Deserialize<T>(argument.Bytes, serializer, what);
    }

    // Of a batch: always in the frame.
    public byte[] TakeRawArgument()
    {
        byte[] bytes = _argument.ToArray();
        _argument = Payload.None;
        return bytes;
    }

    public void End() => _lease?.End();
}
