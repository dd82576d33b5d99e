namespace Simul;

// Waiters in line for one thing, first come first served, each able to leave from anywhere in the line.
// Owner: the loop's baton holder.
internal class WaiterQueue
{
    private Waiter? _first;
    private Waiter? _last;

    public WaiterQueue(object subject) => Subject = subject;

    // What is waited for; for diagnostics.
    public object Subject { get; }

    public int Count { get; private set; }

    public Waiter? First => _first;

    // A waiter that stands nowhere has no links, so only what is behind another one needs them; and a line is mostly one waiter
    // long. Each link that need not be written spares the collector's write barrier (bench handoff).
    public void Add(Waiter waiter)
    {
        waiter.Queue = this;
        if (_last is null)
        {
            _first = waiter;
        }
        else
        {
            waiter.PreviousInQueue = _last;
            _last.NextInQueue = waiter;
        }
        _last = waiter;
        Count++;
    }

    public Waiter? TakeFirst()
    {
        var waiter = _first;
        if (waiter is null) return null;
        if (waiter.NextInQueue is { } next)
        {
            _first = next;
            next.PreviousInQueue = null;
            waiter.NextInQueue = null;
        }
        else
        {
            _first = _last = null;
        }
        waiter.Queue = null;
        Count--;
        return waiter;
    }

    // A pending wait was given up. What else that means is for a line to say whose waiters bring something along.
    public virtual void Withdraw(Waiter waiter) => Remove(waiter);

    public void Remove(Waiter waiter)
    {
        if (waiter.PreviousInQueue is null) _first = waiter.NextInQueue;
        else waiter.PreviousInQueue.NextInQueue = waiter.NextInQueue;
        if (waiter.NextInQueue is null) _last = waiter.PreviousInQueue;
        else waiter.NextInQueue.PreviousInQueue = waiter.PreviousInQueue;
        waiter.Queue = null;
        waiter.NextInQueue = waiter.PreviousInQueue = null;
        Count--;
    }
}
