using Simul.Processes.Transport;
using Simul.Processes.Worker;

namespace Simul.Processes.Launch;

// The first frame to a worker, of a pool or by itself.
internal static class Greeting
{
    public static void Write(FrameWriter target, string name, TimeProvider clock)
    {
        target.Begin(MessageKind.Hello);
        BuildIdentity.Own.Write(target);
        target.Write(name);
        WorkerClock.Write(target, clock);
        target.End();
    }
}
