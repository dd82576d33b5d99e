using System.Runtime.CompilerServices;

namespace Simul;

// The callbacks that are ready, first in first out. Segments instead of one growing ring: a million tasks spawned in one
// go need 16 MB of entries for a moment, and a ring would keep them (and its outgrown predecessors) for good, 50 bytes for
// every sleeping task. Between one and a few hundred entries it stays in one segment and in the first-level cache.
// Owner: the loop's baton holder.
internal sealed class ReadyQueue
{
    private const int SegmentSize = 512;

    private const int MaxPooled = 256;

    // The callback that nearly every entry has: the one by which C# resumes an async method. It is left out of the slots, and
    // so is the one that starts a task; what is neither takes a pooled item. Two words a slot instead of three spare a write
    // barrier a switch (2 ns of some 25; bench: yield) and 8 MB when a million tasks start.
    private static readonly Action<object?> s_usual = ResumeProbe.Find();
    private static readonly Action<object?> s_start = static x => ((IStartable)x!).StartOnLoop();

    private Segment _head;
    private Segment _tail;
    private Segment? _spare; // one emptied segment is kept, so that a steady load allocates nothing
    private int _headIndex;
    private int _tailIndex;
    private Item? _pool;
    private int _pooled;

    public ReadyQueue() => _head = _tail = new Segment();

    public int Count { get; private set; }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(Delegate callback, object? state, SynchronizationContext? context)
    {
        if ((object)callback != s_usual) state = Wrap(callback, state);
        Append(state!, context);
    }

    // A task's first step, in its own context.
    public void PushStart<T>(T task)
        where T : SynchronizationContext, IStartable => Append(task, task);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public ReadyEntry Pop()
    {
        int index = _headIndex;
        ref var slot = ref _head.Slots[index];
        var (state, context) = (slot.State!, slot.Context);
        slot = default;
        _headIndex = index + 1;
        if (--Count == 0) _headIndex = _tailIndex = 0;
        else if (_headIndex == SegmentSize) Shrink();
        if (state.GetType() == typeof(Item)) return Unwrap(Unsafe.As<Item>(state), context);
        return new ReadyEntry(state == context ? s_start : s_usual, state, context);
    }

    // For policies other than first in first out: the turn's entries, to be picked from at will.
    public void MoveTo(List<ReadyEntry> target, int count)
    {
        for (int i = 0; i < count; i++) target.Add(Pop());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Append(object state, SynchronizationContext? context)
    {
        int index = _tailIndex;
        if ((uint)index >= SegmentSize) index = Grow();
        ref var slot = ref _tail.Slots[index];
        slot.State = state;
        slot.Context = context;
        _tailIndex = index + 1;
        Count++;
    }

    private Item Wrap(Delegate callback, object? state)
    {
        var item = _pool;
        if (item is null)
        {
            item = new Item();
        }
        else
        {
            _pool = item.Next;
            _pooled--;
        }
        item.Callback = callback;
        item.State = state;
        return item;
    }

    private ReadyEntry Unwrap(Item item, SynchronizationContext? context)
    {
        var entry = new ReadyEntry(item.Callback!, item.State, context);
        item.Callback = null;
        item.State = null;
        if (_pooled < MaxPooled)
        {
            item.Next = _pool;
            _pool = item;
            _pooled++;
        }
        return entry;
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
        public readonly Slot[] Slots = new Slot[SegmentSize];
        public Segment? Next;
    }

    private struct Slot
    {
        public object? State;
        public SynchronizationContext? Context;
    }

    private sealed class Item
    {
        public Delegate? Callback;
        public object? State;
        public Item? Next;
    }
}
