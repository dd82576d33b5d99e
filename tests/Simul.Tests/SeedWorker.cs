namespace Simul.Tests;

// Threads of the seed runner. A thousand runs of each test would spend most of their time on starting threads, so a run's
// loops take the worker's own thread, which is as bare as a new one: no loop, no synchronization context.
internal static class SeedWorker
{
    [ThreadStatic] private static bool t_isWorker;

    public static bool IsIdle => t_isWorker && LoopCore.Current is null && SynchronizationContext.Current is null;

    public static Thread Start(Action body)
    {
        var thread = new Thread(() =>
        {
            t_isWorker = true;
            body();
        }) { IsBackground = true, Name = "seed worker" };
        using (ExecutionContext.SuppressFlow()) thread.Start();
        return thread;
    }
}
