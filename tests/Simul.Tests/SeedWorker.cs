using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Simul.Tests;

// Threads that play many seeds. A thousand runs of each test would spend most of their time on starting threads, so a run's
// loops take the worker's own thread, which is as bare as a new one: no loop, no synchronization context.
internal static class SeedWorker
{
    private const int Few = 20;

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(100);

    [ThreadStatic] private static bool t_isWorker;

    public static bool IsIdle => t_isWorker && LoopCore.Current is null && SynchronizationContext.Current is null;

    // Plays each seed, on as many threads as there are cores, until one fails; throws what that one came back with. A seed
    // that does not end is a failure, too: hung makes the message. When the time is used up no further seed is begun, after
    // the first few. Returns how many were played.
    public static int Run(IReadOnlyList<ulong> seeds, Func<ulong, Exception?> play, Func<ulong, Exception> hung, TimeSpan? time = null)
    {
        var began = Stopwatch.StartNew();
        int next = -1;
        int played = 0;
        Exception? failure = null;
        ulong[] playing = new ulong[Math.Min(Environment.ProcessorCount, seeds.Count)];
        var threads = playing.Select((_, worker) => Start(() =>
        {
            while (Volatile.Read(ref failure) is null && Interlocked.Increment(ref next) is var turn && turn < seeds.Count)
            {
                if (turn >= Few && began.Elapsed > time) return;
                playing[worker] = seeds[turn];
                Interlocked.Increment(ref played);
                if (play(seeds[turn]) is { } error) Interlocked.CompareExchange(ref failure, error, null);
            }
        })).ToList();
        for (int i = 0; i < threads.Count; i++)
        {
            ulong before = playing[i];
            while (!threads[i].Join(s_limit))
            {
                if (playing[i] == before) throw failure ?? hung(before);
                before = playing[i];
            }
        }
        if (failure is not null) ExceptionDispatchInfo.Throw(failure);
        return played;
    }

    private static Thread Start(Action body)
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
