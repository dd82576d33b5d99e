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

    public void Add(Waiter waiter)
    {
        waiter.Queue = this;
        waiter.PreviousInQueue = _last;
        waiter.NextInQueue = null;
        if (_last is null) _first = waiter;
        else _last.NextInQueue = waiter;
        _last = waiter;
        Count++;
    }

    public Waiter? TakeFirst()
    {
        var waiter = _first;
        if (waiter is not null) Remove(waiter);
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
