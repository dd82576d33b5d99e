namespace Simul.Processes.Worker;

// The parent's virtual time as this worker last heard of it. It never goes back.
//
// Thread safety: all members may be used from any thread.
internal sealed class RemoteTime(long now, DateTimeOffset start)
{
    private long _now = now;

    public long Now => Volatile.Read(ref _now);

    public DateTimeOffset Start => start;

    public void Advance(long to)
    {
        for (long seen = Now; to > seen; seen = Now)
        {
            if (Interlocked.CompareExchange(ref _now, to, seen) == seen) return;
        }
    }
}
