namespace Simul;

/// <summary>No further greenlet can be started: as many are alive as are allowed, or the system gives no more threads.</summary>
/// <remarks>The loop and its other greenlets go on.</remarks>
public sealed class GreenletLimitException : InvalidOperationException
{
    private GreenletLimitException(string message, Exception? inner = null)
        : base(message, inner)
    {
    }

    internal static GreenletLimitException OfLoop(string loop, int limit) => new(
        $"{loop} has {limit} greenlets alive, as many as it may. Wait for some to end (an AsyncSemaphore around Greenlet.RunAsync bounds them), "
        + "use async methods for what waits in great numbers, or raise GreenletOptions.MaxGreenlets.");

    internal static GreenletLimitException OfProcess(int limit) => new(
        $"The loops of this process have {limit} greenlet stacks together, and the system's limit on memory maps (vm.max_map_count) allows no more: "
        + "beyond it .NET ends the process. Wait for some to end, use async methods for what waits in great numbers, or raise that limit.");

    internal static GreenletLimitException OfSystem(int alive, Exception error) => new(
        $"The system gave no thread for a greenlet; {alive} are alive in this loop. It is out of threads or memory (ulimit -u, the container's limit on processes). "
        + "Wait for some to end, or use async methods for what waits in great numbers.", error);
}
