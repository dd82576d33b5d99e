namespace Simul.Processes.Transport;

// The frame that hands an item to a worker: from a pool, or from a child process that is nothing but its one item.
internal static class ItemFrame
{
    public static void Write(FrameWriter target, long id, int method, long now, byte[] closure, byte[] argument)
    {
        target.Begin(MessageKind.Run);
        target.Write(id);
        target.Write(method);
        target.Write(now);
        target.WriteBlock(closure);
        target.End(argument, argument.Length);
    }
}
