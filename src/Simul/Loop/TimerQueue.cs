using System.Diagnostics;
using System.Runtime.CompilerServices;

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
    private const int ChunkBits = 12;
    private const int ChunkSize = 1 << ChunkBits;
    private const int FewDead = 64;
    private const long Late = 1L << 62;

    // Chunks instead of one array: growing one by doubling leaves its predecessors behind, 25 bytes for each of a million
    // sleepers. The first chunk starts small.
    private Entry[][] _chunks = [new Entry[16]];
    private int _entries; // the dead included
    private long _order;

    // The living.
    public int Count { get; private set; }

    public long NextDeadline => Count == 0 ? long.MaxValue : _chunks[0][0].When;

    public void Add(TimerNode node, long when, bool late = false)
    {
        Debug.Assert(node.Order < 0, "A timer is in the queue once at most.");
        node.Order = late ? _order++ | Late : _order++;
        EnsureRoom();
        SiftUp(_entries++, new Entry(when, node.Order, node));
        Count++;
    }

    public bool Remove(TimerNode node)
    {
        if (node.Order < 0) return false;
        node.Order = -1;
        Count--;
        if (!_chunks[0][0].IsAlive) RemoveTop();
        else if (_entries - Count > Count + FewDead) SweepOut();
        return true;
    }

    // Fires everything due; returns how many.
    public int FireDue(long now)
    {
        int fired = 0;
        while (Count > 0 && _chunks[0][0].When <= now)
        {
            var node = _chunks[0][0].Node;
            node.Order = -1;
            Count--;
            RemoveTop();
            node.FireOnLoop();
            fired++;
        }
        return fired;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private ref Entry At(int index) => ref _chunks[index >> ChunkBits][index & (ChunkSize - 1)];

    private void EnsureRoom()
    {
        var first = _chunks[0];
        if (_entries == first.Length && first.Length < ChunkSize)
        {
            Array.Resize(ref first, first.Length * 2);
            _chunks[0] = first;
        }
        int chunk = _entries >> ChunkBits;
        if (chunk >= _chunks.Length)
        {
            int old = _chunks.Length;
            Array.Resize(ref _chunks, chunk + 1 + chunk / 2);
            Array.Fill(_chunks, [], old, _chunks.Length - old);
        }
        if (chunk > 0 && _chunks[chunk].Length == 0) _chunks[chunk] = new Entry[ChunkSize];
    }

    // The top goes, and the dead that come up behind it.
    private void RemoveTop()
    {
        do
        {
            var last = At(--_entries);
            ForgetLast();
            if (_entries == 0) return;
            SiftDown(0, last);
        }
        while (!_chunks[0][0].IsAlive);
    }

    private void SweepOut()
    {
        int alive = 0;
        for (int i = 0; i < _entries; i++)
        {
            if (At(i).IsAlive) At(alive++) = At(i);
        }
        while (_entries > alive)
        {
            _entries--;
            ForgetLast();
        }
        for (int i = (alive - 2) / Arity; i >= 0; i--) SiftDown(i, At(i));
    }

    // Of the place behind the last entry: it holds no timer any more, and its chunk goes when it was the only one there.
    private void ForgetLast()
    {
        At(_entries) = default;
        if (_entries > 0 && (_entries & (ChunkSize - 1)) == 0) _chunks[_entries >> ChunkBits] = [];
    }

    private void SiftUp(int index, Entry entry)
    {
        while (index > 0)
        {
            int parent = (index - 1) / Arity;
            ref var above = ref At(parent);
            if (!entry.Before(above)) break;
            At(index) = above;
            index = parent;
        }
        At(index) = entry;
    }

    private void SiftDown(int index, Entry entry)
    {
        while (true)
        {
            int child = index * Arity + 1;
            if (child >= _entries) break;
            int least = child;
            int end = Math.Min(child + Arity, _entries);
            for (int i = child + 1; i < end; i++)
            {
                if (At(i).Before(At(least))) least = i;
            }
            ref var below = ref At(least);
            if (!below.Before(entry)) break;
            At(index) = below;
            index = least;
        }
        At(index) = entry;
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
