namespace Simul;

// A thread that looks at a loop from outside, in real time: only somebody else can notice that a loop is stuck.
internal sealed class Watchdog : IDisposable
{
    private static readonly TimeSpan s_longest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan s_shortest = TimeSpan.FromMilliseconds(1);

    private readonly DebugMode _debug;
    private readonly TimeSpan _interval;
    private readonly ManualResetEventSlim _stop = new();
    private readonly Thread _thread;

    private Watchdog(DebugMode debug, string loop, TimeSpan patience)
    {
        _debug = debug;
        var interval = patience / 4;
        _interval = interval > s_longest ? s_longest : interval < s_shortest ? s_shortest : interval;
        _thread = new Thread(Run) { IsBackground = true, Name = $"{loop} watchdog" };
        _thread.UnsafeStart();
    }

    // Null when there is nothing to watch for.
    public static Watchdog? For(DebugMode debug, string loop)
    {
        var (blocked, held) = (debug.Options.BlockedAfter, debug.Options.CancelledHeldAfter);
        if (blocked == Timeout.InfiniteTimeSpan && held == Timeout.InfiniteTimeSpan) return null;
        return new Watchdog(debug, loop, held == Timeout.InfiniteTimeSpan || (blocked != Timeout.InfiniteTimeSpan && blocked < held) ? blocked : held);
    }

    public void Dispose()
    {
        _stop.Set();
        _thread.Join(s_patience); // it should not speak after the loop's end; but what it calls may wait for this very thread
    }

    private void Run()
    {
        while (!_stop.Wait(_interval)) _debug.LookForTrouble();
    }
}
