namespace Simul.Processes.Worker;

// The items a worker has: received and not begun, and running. The receiving thread puts in and takes back; the running thread
// takes out. An item leaves the first part exactly once, begun or given back, and one lock covers both parts, so that a
// cancellation finds it in one of them.
internal sealed class ItemQueue
{
    private readonly object _gate = new(); // a monitor: the running thread waits on it
    private readonly LinkedList<WorkerItem> _items = new();
    private readonly Dictionary<long, WorkerItem> _running = [];
    private bool _closed;

    public void Add(WorkerItem item)
    {
        lock (_gate)
        {
            _items.AddLast(item);
            if (_items.Count == 1) Monitor.Pulse(_gate);
        }
    }

    // The end of a running item, and the next one, if there is one and it is wanted.
    public WorkerItem? Finish(long id, bool takeNext)
    {
        lock (_gate)
        {
            _running.Remove(id);
            return takeNext ? TakeLocked() : null;
        }
    }

    public WorkerItem? FindRunning(long id)
    {
        lock (_gate) return _running.GetValueOrDefault(id);
    }

    // Blocks; null when the queue is closed and empty.
    public WorkerItem? Take()
    {
        lock (_gate)
        {
            while (_items.Count == 0 && !_closed) Monitor.Wait(_gate);
            return TakeLocked();
        }
    }

    // True with an item, or with none when the queue is closed and empty.
    public bool TryTake(out WorkerItem? item)
    {
        lock (_gate)
        {
            item = TakeLocked();
            return item is not null || _closed;
        }
    }

    public bool TryRemove(long id)
    {
        lock (_gate)
        {
            for (var node = _items.First; node is not null; node = node.Next)
            {
                if (node.Value.Id != id) continue;
                _items.Remove(node);
                return true;
            }
            return false;
        }
    }

    // All of them, the last one first, so that each can be put at the front of another queue.
    public List<WorkerItem> RemoveAll()
    {
        lock (_gate)
        {
            List<WorkerItem> all = [.. _items.Reverse()];
            _items.Clear();
            return all;
        }
    }

    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private WorkerItem? TakeLocked()
    {
        if (_items.First is not { } first) return null;
        _items.RemoveFirst();
        _running.Add(first.Value.Id, first.Value);
        return first.Value;
    }
}
