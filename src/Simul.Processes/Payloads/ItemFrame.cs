using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// The frame that hands an item to a worker: from a pool, or from a child process that is nothing but its one item.
internal static class ItemFrame
{
    public static void Write(FrameWriter target, long id, int method, long now, Payload closure, Payload argument)
    {
        target.Begin(MessageKind.Run);
        target.Write(id);
        target.Write(method);
        target.Write(now);
        target.WritePayload(closure);
        target.EndWith(argument.Block, argument.Bytes, argument.Bytes.Length);
    }
}
