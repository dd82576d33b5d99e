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
            receiver.IsWatched = true;
            s_watched.Add(receiver);
            if (s_watched.Count > 1) return;
            if (s_runs) Monitor.Pulse(s_watched);
            else new Thread(Run, 256 * 1024) { IsBackground = true, Name = "simul deputy" }.UnsafeStart();
            s_runs = true;
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
                try
                {
                    s_watched.RemoveAll(static receiver => !receiver.Look());
                }
                catch (OutOfMemoryException)
                {
                    // No thread to be had for a relief. The next look tries again.
                }
            }
        }
    }
}
