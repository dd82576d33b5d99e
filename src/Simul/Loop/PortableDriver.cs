namespace Simul;

// Waits on a monitor: works everywhere, needs no system call of its own. I/O comes in as posts from BCL sockets.
internal sealed class PortableDriver : LoopDriver
{
    private readonly object _gate = new();
    private bool _woken; // owner: _gate; set by Wake, reset by Wait

    public override string Name => "portable";

    public override void Wait(TimeSpan timeout)
    {
        lock (_gate)
        {
            if (!_woken)
            {
                // Whole milliseconds, rounded up: early would mean to turn in circles until the time has come.
                int wait = timeout < TimeSpan.Zero ? -1 : (int)Math.Min(int.MaxValue, Math.Ceiling(timeout.TotalMilliseconds));
                Monitor.Wait(_gate, wait);
            }
            _woken = false;
        }
    }

    public override void Wake()
    {
        lock (_gate)
        {
            _woken = true;
            Monitor.Pulse(_gate);
        }
    }
}
