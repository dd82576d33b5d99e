namespace Simul.Processes.Pool;

// Looks after receivers that run continuations: every two milliseconds while there are any, on a thread of its own, because the
// pool's threads may be just what such a continuation waits for.
internal static class Deputy
{
    private const int PeriodMilliseconds = 2;
    private static readonly List<Receiver> s_watched = []; // owner: itself as a lock
    private static bool s_runs;                            // owner: the same; set once

    public static void Watch(Receiver receiver)
    {
        lock (s_watched)
        {
            if (receiver.IsWatched) return;
            // First of all: where there is no thread to be had, nobody is watched, and the caller hears of it.
            if (!s_runs) new Thread(Run, 256 * 1024) { IsBackground = true, Name = "simul deputy" }.UnsafeStart();
            s_runs = true;
            receiver.IsWatched = true;
            s_watched.Add(receiver);
            if (s_watched.Count == 1) Monitor.Pulse(s_watched);
        }
    }

    private static bool Look(Receiver receiver)
    {
        try
        {
            return receiver.Look();
        }
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            return true; // no thread to be had for a relief; the next look tries again
        }
    }

    private static void Run()
    {
        lock (s_watched)
        {
            while (true)
            {
                if (s_watched.Count == 0) Monitor.Wait(s_watched);
                else Monitor.Wait(s_watched, PeriodMilliseconds);
                s_watched.RemoveAll(static receiver => !Look(receiver));
            }
        }
    }
}
