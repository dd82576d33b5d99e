using System.Numerics;
using System.Runtime.CompilerServices;

namespace Simul;

// First in, first out: a ring that grows. Its size is a power of two, so that the next place is a mask away.
internal sealed class FifoItems<T>(int capacity) : ItemStore<T>
{
    private const int SmallestRing = 4, LargestFirstRing = 64;

    private T[] _ring = new T[BitOperations.RoundUpToPowerOf2((uint)Math.Clamp(capacity, SmallestRing, LargestFirstRing))];
    private int _head;

    public override void Add(T item)
    {
        if (Count == _ring.Length) Grow();
        var ring = _ring;
        ring[(_head + Count) & (ring.Length - 1)] = item;
        Count++;
    }

    public override T Take()
    {
        var ring = _ring;
        int head = _head;
        var item = ring[head];
        if (RuntimeHelpers.IsReferenceOrContainsReferences<T>()) ring[head] = default!;
        _head = (head + 1) & (ring.Length - 1);
        Count--;
        return item;
    }

    public override T Peek() => _ring[_head];

    private void Grow()
    {
        var larger = new T[_ring.Length * 2];
        _ring.AsSpan(_head).CopyTo(larger);
        _ring.AsSpan(0, _head).CopyTo(larger.AsSpan(_ring.Length - _head));
        (_ring, _head) = (larger, 0);
    }
}
