using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// The frame that hands an item to a worker: from a pool, or from a child process that is nothing but its one item. Between its
// beginning and its end stands what most items do not have (RunExtras).
internal static class ItemFrame
{
    public static void Begin(FrameWriter target, long id, int method, long now)
    {
        target.Begin(MessageKind.Run);
        target.Write(id);
        target.Write(method);
        target.Write(now);
    }

    public static void End(FrameWriter target, Payload closure, Payload argument)
    {
        target.WritePayload(closure);
        target.EndWith(argument);
    }
}
