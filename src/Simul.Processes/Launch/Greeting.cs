using Simul.Processes.Transport;
using Simul.Processes.Worker;

namespace Simul.Processes.Launch;

// The first frame to a worker, of a pool or by itself, and what comes back when the two do not belong together.
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

    public static WorkerStartException OtherBuild(ref FrameBody body) => new(
        $"The worker process runs {BuildIdentity.Read(ref body)}, and this process {BuildIdentity.Own}. Were the program's files replaced while it ran, or does its folder hold files of two builds? Build anew, and start again.");
}
