namespace Simul;

// A queue that serves higher priorities first, and first in, first out within one. Leaving it costs the same anywhere. There
// are few priorities at a time, so a lane is found by looking.
//
// Thread safety: belongs to its owner's lock.
internal sealed class PriorityLine<T>
    where T : LineItem<T>
{
    private readonly List<PriorityLane<T>> _lanes = [new(0)]; // highest first; that of 0 stays

    public int Count { get; private set; }

    public T? First
    {
        get
        {
            foreach (var lane in _lanes)
            {
                if (lane.First is { } first) return first;
            }
            return null;
        }
    }

    public void AddLast(T item, int priority)
    {
        var lane = Enter(item, priority);
        item.Previous = lane.Last;
        if (lane.Last is { } last) last.Next = item;
        else lane.First = item;
        lane.Last = item;
    }

    // Before all others of its priority.
    public void AddFirst(T item, int priority)
    {
        var lane = Enter(item, priority);
        item.Next = lane.First;
        if (lane.First is { } first) first.Previous = item;
        else lane.Last = item;
        lane.First = item;
    }

    public void Remove(T item)
    {
        var lane = item.Lane ?? throw new SimulInternalException("an item left a line that it does not stand in");
        if (item.Previous is { } previous) previous.Next = item.Next;
        else lane.First = item.Next;
        if (item.Next is { } next) next.Previous = item.Previous;
        else lane.Last = item.Previous;
        Leave(item);
        if (lane.First is null && lane.Priority != 0) _lanes.Remove(lane);
    }

    // Of the lowest priority, the one that came first or last, but not this one.
    public T? Lowest(bool newest, T except)
    {
        for (int i = _lanes.Count - 1; i >= 0; i--)
        {
            var item = newest ? _lanes[i].Last : _lanes[i].First;
            if (item == except) item = newest ? item.Previous : item.Next;
            if (item is not null) return item;
        }
        return null;
    }

    public List<T> TakeAll()
    {
        var all = new List<T>(Count);
        foreach (var lane in _lanes)
        {
            for (var item = lane.First; item is not null; item = item.Next)
            {
                all.Add(item);
            }
            lane.First = lane.Last = null;
        }
        foreach (var item in all) Leave(item);
        _lanes.RemoveAll(static l => l.Priority != 0);
        return all;
    }

    private PriorityLane<T> Enter(T item, int priority)
    {
        if (item.Lane is not null) throw new SimulInternalException("an item came to stand in two lines");
        Count++;
        return item.Lane = LaneOf(priority);
    }

    private void Leave(T item)
    {
        Count--;
        item.Next = item.Previous = null;
        item.Lane = null;
    }

    private PriorityLane<T> LaneOf(int priority)
    {
        int i = 0;
        while (i < _lanes.Count && _lanes[i].Priority > priority) i++;
        if (i == _lanes.Count || _lanes[i].Priority != priority) _lanes.Insert(i, new(priority));
        return _lanes[i];
    }
}
