using System.Diagnostics;

namespace Simul;

// Deadlines in order: a four-way heap, since a million timers then lie ten levels deep and four children share a cache line
// and a half. Equal deadlines fire in the order in which they were set, except that scope deadlines come after everything
// else of the same moment: what is ready at the deadline wins over the deadline.
// Owner: the loop's baton holder.
internal sealed class TimerQueue
{
    private const int Arity = 4;
    private const long Late = 1L << 62;

    private Entry[] _heap = new Entry[16];
    private long _order;

    public int Count { get; private set; }

    public long NextDeadline => Count == 0 ? long.MaxValue : _heap[0].When;

    public void Add(TimerNode node, long when, bool late = false)
    {
        Debug.Assert(node.Index < 0, "A timer is in the queue once at most.");
        if (Count == _heap.Length) Array.Resize(ref _heap, Count * 2);
        SiftUp(Count++, new Entry(when, late ? _order++ | Late : _order++, node));
    }

    public bool Remove(TimerNode node)
    {
        int index = node.Index;
        if (index < 0) return false;
        Debug.Assert(_heap[index].Node == node, "A timer knows its place.");
        RemoveAt(index);
        return true;
    }

    // Fires everything due; returns how many.
    public int FireDue(long now)
    {
        int fired = 0;
        while (Count > 0 && _heap[0].When <= now)
        {
            var node = _heap[0].Node;
            RemoveAt(0);
            node.FireOnLoop();
            fired++;
        }
        return fired;
    }

    private void RemoveAt(int index)
    {
        _heap[index].Node.Index = -1;
        var last = _heap[--Count];
        _heap[Count] = default;
        if (index == Count)
        {
            if (Count == 0 && _heap.Length > 4096) _heap = new Entry[16];
            return;
        }
        if (index > 0 && last.Before(_heap[(index - 1) / Arity])) SiftUp(index, last);
        else SiftDown(index, last);
    }

    private void SiftUp(int index, Entry entry)
    {
        var heap = _heap;
        while (index > 0)
        {
            int parent = (index - 1) / Arity;
            if (!entry.Before(heap[parent])) break;
            heap[index] = heap[parent];
            heap[index].Node.Index = index;
            index = parent;
        }
        heap[index] = entry;
        entry.Node.Index = index;
    }

    private void SiftDown(int index, Entry entry)
    {
        var heap = _heap;
        while (true)
        {
            int child = index * Arity + 1;
            if (child >= Count) break;
            int least = child;
            int end = Math.Min(child + Arity, Count);
            for (int i = child + 1; i < end; i++)
            {
                if (heap[i].Before(heap[least])) least = i;
            }
            if (!heap[least].Before(entry)) break;
            heap[index] = heap[least];
            heap[index].Node.Index = index;
            index = least;
        }
        heap[index] = entry;
        entry.Node.Index = index;
    }

    private readonly struct Entry(long when, long order, TimerNode node)
    {
        public readonly long When = when;
        public readonly long Order = order;
        public readonly TimerNode Node = node;

        public bool Before(in Entry other) => When < other.When || (When == other.When && Order < other.Order);
    }
}
