using System.Diagnostics;

namespace Simul;

// Deadlines in order: a four-way heap, since a million timers then lie ten levels deep and four children share a cache line
// and a half. Equal deadlines fire in the order in which they were set, except that scope deadlines come after everything
// else of the same moment: what is ready at the deadline wins over the deadline.
// Owner: the loop's baton holder.
internal sealed class TimerQueue
{
    private const int Arity = 4;
    private const int ChunkBits = 12;
    private const int ChunkSize = 1 << ChunkBits;
    private const long Late = 1L << 62;

    // Chunks instead of one array: growing one by doubling leaves its predecessors behind, 25 bytes for each of a million
    // sleepers. The first chunk starts small.
    private Entry[][] _chunks = [new Entry[16]];
    private long _order;

    public int Count { get; private set; }

    public long NextDeadline => Count == 0 ? long.MaxValue : _chunks[0][0].When;

    public void Add(TimerNode node, long when, bool late = false)
    {
        Debug.Assert(node.Index < 0, "A timer is in the queue once at most.");
        EnsureRoom();
        SiftUp(Count++, new Entry(when, late ? _order++ | Late : _order++, node));
    }

    public bool Remove(TimerNode node)
    {
        int index = node.Index;
        if (index < 0) return false;
        Debug.Assert(At(index).Node == node, "A timer knows its place.");
        RemoveAt(index);
        return true;
    }

    // Fires everything due; returns how many.
    public int FireDue(long now)
    {
        int fired = 0;
        while (Count > 0 && _chunks[0][0].When <= now)
        {
            var node = _chunks[0][0].Node;
            RemoveAt(0);
            node.FireOnLoop();
            fired++;
        }
        return fired;
    }

    private ref Entry At(int index) => ref _chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    private void EnsureRoom()
    {
        var first = _chunks[0];
        if (Count == first.Length && first.Length < ChunkSize)
        {
            Array.Resize(ref first, first.Length * 2);
            _chunks[0] = first;
        }
        int chunk = Count >> ChunkBits;
        if (chunk >= _chunks.Length)
        {
            int old = _chunks.Length;
            Array.Resize(ref _chunks, chunk + 1 + chunk / 2);
            Array.Fill(_chunks, [], old, _chunks.Length - old);
        }
        if (chunk > 0 && _chunks[chunk].Length == 0) _chunks[chunk] = new Entry[ChunkSize];
    }

    private void RemoveAt(int index)
    {
        At(index).Node.Index = -1;
        var last = At(--Count);
        At(Count) = default;
        if (Count > 0 && (Count & (ChunkSize - 1)) == 0) _chunks[Count >> ChunkBits] = []; // the last chunk is empty now
        if (index == Count) return;
        if (index > 0 && last.Before(At((index - 1) / Arity))) SiftUp(index, last);
        else SiftDown(index, last);
    }

    private void SiftUp(int index, Entry entry)
    {
        while (index > 0)
        {
            int parent = (index - 1) / Arity;
            ref var above = ref At(parent);
            if (!entry.Before(above)) break;
            At(index) = above;
            above.Node.Index = index;
            index = parent;
        }
        At(index) = entry;
        entry.Node.Index = index;
    }

    private void SiftDown(int index, Entry entry)
    {
        while (true)
        {
            int child = index * Arity + 1;
            if (child >= Count) break;
            int least = child;
            int end = Math.Min(child + Arity, Count);
            for (int i = child + 1; i < end; i++)
            {
                if (At(i).Before(At(least))) least = i;
            }
            ref var below = ref At(least);
            if (!below.Before(entry)) break;
            At(index) = below;
            below.Node.Index = index;
            index = least;
        }
        At(index) = entry;
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
