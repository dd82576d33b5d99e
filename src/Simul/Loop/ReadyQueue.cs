using System.Runtime.CompilerServices;

namespace Simul;

// The callbacks that are ready, first in first out. Segments instead of one growing ring: a million tasks spawned in one
// go need 16 MB of entries for a moment, and a ring would keep them (and its outgrown predecessors) for good, 50 bytes for
// every sleeping task. Between one and a few hundred entries it stays in one segment and in the first-level cache.
// Owner: the loop's baton holder.
internal sealed class ReadyQueue
{
    private const int SegmentSize = 512;

    private const int MaxPooled = 1024;

    // The callback that nearly every entry has: the one by which C# resumes an async method. It is left out of the slots, and
    // so is the one that starts a task; what is neither takes a pooled item. Two words a slot instead of three spare a write
    // barrier a switch (2 ns of some 25; bench: yield) and 8 MB when a million tasks start.
    private static readonly Action<object?> s_usual = ResumeProbe.Find();

    private Segment _head;
    private Segment _tail;
    private Segment? _spare; // one emptied segment is kept, so that a steady load allocates nothing
    private int _headIndex;
    private int _tailIndex;
    private int _segmentsBetween;
    private Action<object?>? _runWithoutContext;
    private Item? _pool;
    private int _pooled;

    public ReadyQueue() => _head = _tail = new Segment();

    // From where the two ends stand: a counter would be two more memory updates a switch.
    public int Count => _segmentsBetween * SegmentSize + _tailIndex - _headIndex;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Push(Delegate callback, object? state, SynchronizationContext? context) => PushEntry(EntryFor(callback, state), context);

    // A callback as it stands in a slot: for who keeps it until it is ready. To be pushed once.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public object EntryFor(Delegate callback, object? state) => (object)callback == s_usual ? state! : Wrap(callback, state);

    // The same, to be called without a context: library code that asked for none.
    public object EntryWithoutContext(Delegate callback, object? state) => Wrap(_runWithoutContext ??= RunWithoutContext, EntryFor(callback, state));

    // What an entry was made for: an async method, or what a custom awaiter was handed.
    public static object? StateOf(object? entry)
    {
        while (entry is Item item) entry = item.State;
        return entry;
    }

    // A task's first step, in its own context.
    public void PushStart<T>(T task)
        where T : SynchronizationContext, IStartable => PushEntry(task, task);

    // The next entry as it stands in its slot: an Action to be called; an Item, to be unwrapped; a task to be started, which
    // is its own context; or else what the usual callback takes.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public object Pop(out SynchronizationContext? context)
    {
        int index = _headIndex;
        if ((uint)index >= SegmentSize) index = Shrink();
        ref var slot = ref _head.Slots[index];
        var state = slot.State!;
        context = slot.Context;
        slot = default;
        _headIndex = index + 1;
        return state;
    }

    // The next entries, no more than stand in the first segment, will be run now.
    public void Expect(int count)
    {
        var slots = _head.Slots.AsSpan();
        foreach (ref var slot in slots[_headIndex..Math.Min(_headIndex + count, SegmentSize)])
        {
            ProcessorCache.Expect(slot.State);
            ProcessorCache.Expect(slot.Context);
        }
    }

    public static bool IsItem(object state) => state.GetType() == typeof(Item);

    public static void RunUsual(object state) => s_usual(state);

    public void RunItem(object item)
    {
        var entry = Unwrap(Unsafe.As<Item>(item));
        if (entry.Callback.GetType() == typeof(Action<object?>)) Unsafe.As<Action<object?>>(entry.Callback)(entry.State);
        else ((SendOrPostCallback)entry.Callback)(entry.State);
    }

    // For policies other than first in first out: the turn's entries, to be picked from at will and put back as they are.
    public void MoveTo(List<(object State, SynchronizationContext? Context)> target, int count)
    {
        for (int i = 0; i < count; i++) target.Add((Pop(out var context), context));
    }

    // An entry made before, taken out before; or an Action that a custom awaiter was handed, called as it is.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void PushEntry(object entry, SynchronizationContext? context)
    {
        int index = _tailIndex;
        if ((uint)index >= SegmentSize) index = Grow();
        ref var slot = ref _tail.Slots[index];
        slot.State = entry;
        slot.Context = context;
        _tailIndex = index + 1;
    }

    private void RunWithoutContext(object? entry)
    {
        SynchronizationContext.SetSynchronizationContext(null);
        if (entry is Action action) action();
        else if (IsItem(entry!)) RunItem(entry!);
        else RunUsual(entry!);
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

    private (Delegate Callback, object? State) Unwrap(Item item)
    {
        var entry = (item.Callback!, item.State);
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
        _segmentsBetween++;
        return 0;
    }

    private int Shrink()
    {
        var empty = _head;
        _head = empty.Next!;
        empty.Next = null;
        _spare = empty;
        _segmentsBetween--;
        return 0;
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
