using Simul.Processes.Payloads;
using Simul.Processes.Transport;
using Simul.Processes.Worker;

namespace Simul.Processes.Launch;

// The first frame to a worker, of a pool or by itself.
internal static class Greeting
{
    public const byte HasInitializer = 1; // one is to be run before it is ready
    public const byte HearsMessages = 2;  // of no item

    public static void Write(FrameWriter target, string name, TimeProvider clock, WorkSerializer serializer, byte wishes = 0)
    {
        target.Begin(MessageKind.Hello);
        BuildIdentity.Own.Write(target);
        target.Write(name);
        WorkerClock.Write(target, clock);
        SerializerReference.Write(target, serializer);
        target.Write(wishes);
        target.End();
    }
}
