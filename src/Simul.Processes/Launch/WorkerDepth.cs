using System.Globalization;

namespace Simul.Processes.Launch;

// A worker whose method makes a pool of its own starts processes that may do the same. Ten levels are more than anybody
// means; the eleventh is a method that submits itself for ever.
internal static class WorkerDepth
{
    public const string Variable = "SIMUL_WORKER_DEPTH";
    public const int Limit = 10;

    public static int Current { get; } =
        int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, CultureInfo.InvariantCulture, out int depth) ? depth : 0;

    public static void ThrowIfTooDeep()
    {
        if (Current >= Limit)
            throw new WorkerStartException($"This pool or child process would be the {Limit + 1}th inside another. A method that makes one in which it runs itself never ends; make it outside of the method.");
    }
}
