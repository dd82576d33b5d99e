using System.Runtime.CompilerServices;

namespace Simul;

// The callbacks that are ready, first in first out. Segments instead of one growing ring: a million tasks spawned in one
// go need 24 MB of entries for a moment, and a ring would keep them (and its outgrown predecessors) for good, 50 bytes for
// every sleeping task. Between one and a few hundred entries it stays in one segment and in the first-level cache.
// Owner: the loop's baton holder.
internal sealed class ReadyQueue
{
    private const int SegmentSize = 512;

    // The callback that nearly every entry has: the one by which C# resumes an async method. It is left out of
    // the entries, which saves one of the three write barriers of a push (2 ns of some 25 a switch; bench: yield).
    private static readonly Action<object?> s_usual = ResumeProbe.Find();

    private Segment _head;
    private Segment _tail;
    private Segment? _spare; // one emptied segment is kept, so that a steady load allocates nothing
    private int _headIndex;
    private int _tailIndex;

    public ReadyQueue() => _head = _tail = new Segment();

    public int Count { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(Delegate callback, object? state, SynchronizationContext? context)
    {
        int index = _tailIndex;
        if ((uint)index >= SegmentSize) index = Grow();
        ref var entry = ref _tail.Entries[index];
        if ((object)callback != s_usual) entry.Callback = callback;
        entry.State = state;
        entry.Context = context;
        _tailIndex = index + 1;
        Count++;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadyEntry Pop()
    {
        int index = _headIndex;
        ref var slot = ref _head.Entries[index];
        var entry = slot;
        entry.Callback ??= s_usual;
        slot = default;
        _headIndex = index + 1;
        if (--Count == 0) _headIndex = _tailIndex = 0;
        else if (_headIndex == SegmentSize) Shrink();
        return entry;
    }

    // For policies other than first in first out: the turn's entries, to be picked from at will.
    public void MoveTo(List<ReadyEntry> target, int count)
    {
        for (int i = 0; i < count; i++) target.Add(Pop());
    }

    private int Grow()
    {
        var fresh = _spare ?? new Segment();
        _spare = null;
        _tail.Next = fresh;
        _tail = fresh;
        return 0;
    }

    private void Shrink()
    {
        var empty = _head;
        _head = empty.Next!;
        empty.Next = null;
        _spare = empty;
        _headIndex = 0;
    }

    private sealed class Segment
    {
        public readonly ReadyEntry[] Entries = new ReadyEntry[SegmentSize];
        public Segment? Next;
    }
}
