namespace Simul;

// A queue that serves higher priorities first, and first in, first out within one. Whoever stands in it keeps its node, so
// that leaving costs nothing. There are few priorities at a time, so a lane is found by looking.
//
// Thread safety: belongs to its owner's lock.
internal sealed class PriorityLine<T>
{
    private readonly List<(int Priority, LinkedList<T> Items)> _lanes = [(0, new())]; // highest first; that of 0 stays

    public int Count { get; private set; }

    public LinkedListNode<T>? First
    {
        get
        {
            foreach (var (_, items) in _lanes)
            {
                if (items.First is { } first) return first;
            }
            return null;
        }
    }

    public LinkedListNode<T> AddLast(T item, int priority)
    {
        Count++;
        return LaneOf(priority).AddLast(item);
    }

    // Before all others of its priority.
    public LinkedListNode<T> AddFirst(T item, int priority)
    {
        Count++;
        return LaneOf(priority).AddFirst(item);
    }

    public void Remove(LinkedListNode<T> node)
    {
        var lane = node.List!;
        lane.Remove(node);
        Count--;
        if (lane.Count == 0 && _lanes.Count > 1) _lanes.RemoveAll(l => l.Items == lane && l.Priority != 0);
    }

    // Of the lowest priority, the one that came first or last, but not this one.
    public LinkedListNode<T>? Lowest(bool newest, LinkedListNode<T> except)
    {
        for (int i = _lanes.Count - 1; i >= 0; i--)
        {
            var node = newest ? _lanes[i].Items.Last : _lanes[i].Items.First;
            if (node == except) node = newest ? node.Previous : node.Next;
            if (node is not null) return node;
        }
        return null;
    }

    public List<T> TakeAll()
    {
        List<T> all = [.. _lanes.SelectMany(static l => l.Items)];
        _lanes.RemoveAll(static l => l.Priority != 0);
        _lanes[0].Items.Clear();
        Count = 0;
        return all;
    }

    private LinkedList<T> LaneOf(int priority)
    {
        int i = 0;
        while (i < _lanes.Count && _lanes[i].Priority > priority) i++;
        if (i == _lanes.Count || _lanes[i].Priority != priority) _lanes.Insert(i, (priority, new()));
        return _lanes[i].Items;
    }
}
