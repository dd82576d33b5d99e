using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Channels;

namespace Simul;

/// <summary>A channel between tasks of one loop, with the BCL's face: write to <see cref="Channel{TWrite, TRead}.Writer"/>, read
/// from <see cref="Channel{TWrite, TRead}.Reader"/>. Bounded, unbounded, or a rendezvous that holds nothing; first in first
/// out, last in first out, or smallest first.</summary>
/// <remarks>
/// <para>Cancellation: <c>ReadAsync</c>, <c>WriteAsync</c>, <c>WaitToReadAsync</c>, <c>WaitToWriteAsync</c>, <c>ReadAllAsync</c>
/// and <see cref="JoinAsync"/> are checkpoints of the current scope; the token that the first five take ends the wait as well.
/// A read that is given up never takes an item with it; a write that is given up takes its item back. What was handed over in
/// the same turn is kept. <c>TryRead</c>, <c>TryWrite</c> and <c>TryPeek</c> are no checkpoints.</para>
/// <para>Ordering: readers are served first come, first served, and own the item when it is written, so nobody can take it
/// before they run. Waiting writers come in first come, first served, as soon as there is room. <c>WaitToReadAsync</c> and
/// <c>WaitToWriteAsync</c> promise nothing to whom they wake: all who wait hear of it, and the first to try has it.</para>
/// <para>Completion: <c>Writer.TryComplete</c> ends writing. Waiting writers fail with <see cref="ChannelClosedException"/>; the
/// items that the channel holds can still be read, and readers fail when there are none left. <c>Reader.Completion</c> is an
/// ordinary task, made for whoever asks, and completes then.</para>
/// <para>Thread safety: belongs to one loop, the first it is used on. Completing, <see cref="Shutdown"/> and
/// <see cref="TaskDone"/> are legal from any thread; from another one they are posted. Between threads use
/// <see cref="Channel.CreateBounded{T}(int)"/>.</para>
/// <para>Semantics: the BCL's contract, with trio's hand-over, asyncio's <c>join</c> and <c>shutdown</c>, and the undelivered
/// items of Kotlin's channels.</para>
/// </remarks>
/// <example>
/// <code>
/// var orders = LoopChannel.CreateBounded&lt;string&gt;(10);
/// await TaskGroup.RunAsync(async group =>
/// {
///     group.Spawn(async () =>
///     {
///         await foreach (string order in orders.Reader.ReadAllAsync()) Console.WriteLine(order);
///     });
///     await orders.Writer.WriteAsync("tea");
///     orders.Writer.Complete();
/// });
/// </code>
/// </example>
/// <typeparam name="T">The items' type.</typeparam>
[DebuggerDisplay("{Describe(),nq}")]
public sealed partial class LoopChannel<T> : Channel<T>, IWaitSubject
{
    // Invariants, between any two calls:
    //   somebody waits in _readers  => no items, nobody in _writers
    //   somebody waits in _writers  => as many items as there is room for
    //   somebody waits to hear of items => none to be had;  of room => none
    //   closed => nobody waits to write; closed and no items => nobody waits to read
    private readonly ItemStore<T> _items;
    private readonly WaiterQueue _readers;      // Waiter<T>: who gets the next item
    private readonly PendingWrites<T> _writers; // Waiter<T>: who waits with an item
    private readonly WaiterQueue _readWatchers; // Waiter<bool>: who wants to hear that there are items
    private readonly WaiterQueue _writeWatchers; // Waiter<bool>: who wants to hear that there is room
    private readonly Action<T>? _undelivered;
    private readonly int _capacity;
    private readonly bool _compares; // adding may throw
    private LoopBinding _loop;
    private bool _closed;            // nothing more can be written; set once, on the loop
    private bool _careful;           // one of the two: a write has more to look at
    private long _totalWritten;
    private long _totalUnread;       // written, and dropped by Shutdown
    private long _totalUndelivered;

    /// <summary>Makes an open channel.</summary>
    /// <param name="options">Size, order and name.</param>
    /// <exception cref="ArgumentException">An order without a buffer to be ordered, or a comparer without an order.</exception>
    public LoopChannel(LoopChannelOptions<T> options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (options is { Capacity: 0, Order: not LoopChannelOrder.Fifo })
            throw new ArgumentException($"A rendezvous holds no items, so there is nothing to give out in the order {options.Order}. Give the channel a capacity, or leave the order at {nameof(LoopChannelOrder.Fifo)}.", nameof(options));
        if (options is { Comparer: not null, Order: not LoopChannelOrder.Priority })
            throw new ArgumentException($"A comparer has no say in the order {options.Order}. Set the order to {nameof(LoopChannelOrder.Priority)}.", nameof(options));
        _loop = new LoopBinding("channel", options.Name, "System.Threading.Channels.Channel.CreateBounded<T>");
        _undelivered = options.Undelivered;
        _capacity = options.Capacity ?? int.MaxValue;
        _careful = _compares = options.Order == LoopChannelOrder.Priority;
        _items = options.Order switch
        {
            LoopChannelOrder.Fifo => new FifoItems<T>(_capacity),
            LoopChannelOrder.Lifo => new LifoItems<T>(),
            _ => new PriorityItems<T>(options.Comparer),
        };
        _readers = new WaiterQueue(this);
        _writers = new PendingWrites<T>(this);
        _readWatchers = new WaiterQueue(this);
        _writeWatchers = new WaiterQueue(this);
        Reader = new LoopChannelReader<T>(this);
        Writer = new LoopChannelWriter<T>(this);
    }

    /// <summary>The name given.</summary>
    public string? Name => _loop.Name;

    /// <summary>The channel at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public LoopChannelStatistics GetStatistics() => new(
        _items.Count, Bound, _readers.Count + _readWatchers.Count, _writers.Count + _writeWatchers.Count, Unfinished,
        _totalWritten, _totalWritten - _items.Count - _totalUnread, _totalUndelivered, _closed);

    string IWaitSubject.Describe() => Describe();

    internal int CountOfItems => _items.Count;

    private int? Bound => _capacity == int.MaxValue ? null : _capacity;

    internal string Describe()
    {
        string what = _capacity == 0 ? "a rendezvous" : $"{_items.Count}{(Bound is { } bound ? $" of {bound}" : "")} items";
        int readers = _readers.Count + _readWatchers.Count, writers = _writers.Count + _writeWatchers.Count;
        string who = (readers, writers) switch
        {
            (0, 0) => "",
            (_, 0) => $", {readers} waiting to read",
            (0, _) => $", {writers} waiting to write",
            _ => $", {readers} waiting to read, {writers} to write",
        };
        return $"{_loop}, {what}{(_closed ? ", completed" : "")}{who}";
    }

    // The scope that reads or writes; only on the channel's loop, which is the first to do so.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal LoopScope Enter() => _loop.Enter();

    private static void WakeAll(WaiterQueue watchers, bool answer)
    {
        while (watchers.TakeFirst() is { } watcher) Unsafe.As<Waiter<bool>>(watcher).Grant(answer);
    }

    [Conditional("DEBUG")]
    private void AssertInvariants()
    {
        Debug.Assert(_readers.Count == 0 || (_items.Count == 0 && _writers.Count == 0), "A reader waits although there is an item.");
        Debug.Assert(_writers.Count == 0 || _items.Count == _capacity, "A writer waits although there is room.");
        Debug.Assert(_readWatchers.Count == 0 || (_items.Count == 0 && _writers.Count == 0), "Nobody was told that there is an item.");
        Debug.Assert(_writeWatchers.Count == 0 || (_items.Count == _capacity && (_capacity > 0 || _readers.Count == 0)), "Nobody was told that there is room.");
        Debug.Assert(!_closed || _writers.Count + _writeWatchers.Count == 0, "A writer waits for a channel that is closed.");
        Debug.Assert(!_closed || _items.Count > 0 || _readers.Count + _readWatchers.Count == 0, "A reader waits for a channel that has ended.");
    }
}
