namespace Simul;

// How a loop waits: for time, for a wake-up, for I/O, in one wait of the kernel. The seam behind which io_uring, epoll and
// the portable driver stand; the loop knows no more of them than this.
// Thread safety: Wake may be called from any thread, everything else by the loop's thread alone.
internal abstract class LoopDriver : IDisposable
{
    public abstract string Name { get; }

    // I/O under way: a loop that waits for it is not stalled.
    public virtual bool HasPendingIo => false;

    // Waits until woken, until I/O has completed, or until the timeout; Timeout.InfiniteTimeSpan for none. May return early.
    // Completions found on the way are put into the ready queue.
    public abstract void Wait(TimeSpan timeout);

    // Looks for completed I/O without waiting. Called at least every 64 callbacks while the loop is busy.
    public virtual void Poll()
    {
    }

    // Ends the current wait, or the next one if there is none.
    public abstract void Wake();

    public virtual void Dispose()
    {
    }
}
