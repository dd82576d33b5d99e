using System.Diagnostics;

namespace Simul;

// Deadlines in order: a four-way heap, since a million timers then lie ten levels deep and four children share a cache line
// and a half. Equal deadlines fire in the order in which they were set, except that scope deadlines come after everything
// else of the same moment: what is ready at the deadline wins over the deadline.
//
// A timer that is removed stays in the heap as a dead entry until it comes to the top, or until the dead outnumber the living:
// then they are swept out. So nothing needs to know its place, and moving an entry touches no timer: with a million of them
// each touch was a cache miss, ten for each timer that fired. The price: at most as many dead entries as living ones, and a
// few more. An entry is alive while its timer bears its order; the one at the top always is.
// Owner: the loop's baton holder.
internal sealed class TimerQueue
{
    private const int Arity = 4;
    private const int FewDead = 64;
    private const long Late = 1L << 62;

    private Entry[] _heap = new Entry[16];
    private int _entries; // the dead included
    private long _order;

    // The living.
    public int Count { get; private set; }

    public long NextDeadline => Count == 0 ? long.MaxValue : _heap[0].When;

    public void Add(TimerNode node, long when, bool late = false)
    {
        Debug.Assert(node.Order < 0, "A timer is in the queue once at most.");
        node.Order = late ? _order++ | Late : _order++;
        if (_entries == _heap.Length) Array.Resize(ref _heap, _entries * 2);
        SiftUp(_entries++, new Entry(when, node.Order, node));
        Count++;
    }

    public bool Remove(TimerNode node)
    {
        if (node.Order < 0) return false;
        node.Order = -1;
        Count--;
        if (_heap[0].Node == node) RemoveTop();
        else if (_entries - Count > Count + FewDead) SweepOut();
        return true;
    }

    // Fires everything due; returns how many.
    public int FireDue(long now)
    {
        int fired = 0;
        while (Count > 0 && _heap[0].When <= now)
        {
            var node = _heap[0].Node;
            node.Order = -1;
            Count--;
            RemoveTop();
            node.FireOnLoop();
            fired++;
        }
        return fired;
    }

    // The dead below it go with the top.
    private void RemoveTop()
    {
        do
        {
            var last = _heap[--_entries];
            _heap[_entries] = default;
            if (_entries == 0)
            {
                if (_heap.Length > 4096) _heap = new Entry[16];
                return;
            }
            SiftDown(0, last);
        }
        while (!_heap[0].IsAlive);
    }

    private void SweepOut()
    {
        int alive = 0;
        for (int i = 0; i < _entries; i++)
        {
            if (_heap[i].IsAlive) _heap[alive++] = _heap[i];
        }
        Array.Clear(_heap, alive, _entries - alive);
        _entries = alive;
        for (int i = (alive - 2) / Arity; i >= 0; i--) SiftDown(i, _heap[i]);
    }

    private void SiftUp(int index, in Entry entry)
    {
        var heap = _heap;
        while (index > 0)
        {
            int parent = (index - 1) / Arity;
            if (!entry.Before(heap[parent])) break;
            heap[index] = heap[parent];
            index = parent;
        }
        heap[index] = entry;
    }

    private void SiftDown(int index, Entry entry)
    {
        var heap = _heap;
        while (true)
        {
            int child = index * Arity + 1;
            if (child >= _entries) break;
            int least = child;
            int end = Math.Min(child + Arity, _entries);
            for (int i = child + 1; i < end; i++)
            {
                if (heap[i].Before(heap[least])) least = i;
            }
            if (!heap[least].Before(entry)) break;
            heap[index] = heap[least];
            index = least;
        }
        heap[index] = entry;
    }

    private readonly struct Entry(long when, long order, TimerNode node)
    {
        public readonly long When = when;
        public readonly long Order = order;
        public readonly TimerNode Node = node;

        public bool IsAlive => Node.Order == Order;

        public bool Before(in Entry other) => When < other.When || (When == other.When && Order < other.Order);
    }
}
