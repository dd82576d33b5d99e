using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Simul.Processes.Sharing;

namespace Simul;

/// <summary>A bounded queue between processes, with any number of producers and consumers.</summary>
/// <remarks>
/// <para>Items travel as arguments do: numbers, strings, arrays and records, shared objects by their handles. A process that dies
/// while it puts or takes breaks nothing for the others: its item is in the queue, or is not; what it had taken is gone with
/// it. An item that cannot be rebuilt where it is taken fails that take, and is gone.</para>
/// <para>Who puts a shared object in keeps it, or lets the queue keep it for at most five minutes.</para>
/// <para>Cancellation: every wait can be given up; no item is lost or doubled by that. Ordering: items come out in the order in
/// which they went in; among those who wait there is none. Time limits are real time.</para>
/// <para>Semantics: <c>multiprocessing.Queue</c> without its thread: what was put is in the queue when the call ends. It is
/// completed like a channel, which wakes all consumers.</para>
/// </remarks>
/// <typeparam name="T">What the queue carries; the same type for all who open it.</typeparam>
/// <example>
/// <code>
/// using var found = ProcessQueue&lt;string&gt;.Create();
/// var search = pool.SubmitAsync(() => Search(folder, found)); // puts, then completes
/// await foreach (string path in found.ReadAllAsync()) Console.WriteLine(path);
/// </code>
/// </example>
[JsonConverter(typeof(SharedObjectConverter))]
public sealed class ProcessQueue<T> : SharedObject, ISharedObject<ProcessQueue<T>>
{
    /// <summary>How many items a queue takes if nothing else is said.</summary>
    public const int DefaultCapacity = 1024;

    /// <summary>How many bytes of items a queue takes if nothing else is said.</summary>
    public const int DefaultBytes = 1024 * 1024;

    private const int CapacityOffset = 64; // in front of the queue; the first line is free
    private const int QueueOffset = 128;

    private readonly QueueEnd<T> _end;

    private unsafe ProcessQueue(SharedBlock block)
        : base(block)
    {
        Capacity = *(int*)(block.Content + CapacityOffset);
        _end = new QueueEnd<T>(this, new ByteQueue(block.Content + QueueOffset, block.Length), block.Length, Capacity, null);
    }

    /// <summary>How many items it takes.</summary>
    public int Capacity { get; }

    /// <summary>How many items are in it at this moment.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public int Count
    {
        get
        {
            Pin();
            long count = _end.Queue.Now.Count;
            Unpin();
            return (int)Math.Clamp(count, 0, Capacity);
        }
    }

    /// <summary>Whether it was completed: nothing more goes in.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public bool IsCompleted
    {
        get
        {
            Pin();
            bool isClosed = _end.Queue.IsClosed;
            Unpin();
            return isClosed;
        }
    }

    /// <summary>Makes a queue.</summary>
    /// <param name="capacity">How many items it takes.</param>
    /// <param name="bytes">How many bytes its items have at most, written down, all together; also the bound on one item.</param>
    /// <returns>The queue; dispose it.</returns>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for anything.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessQueue<T> Create(int capacity = DefaultCapacity, int bytes = DefaultBytes) =>
        new(SharedBlock.Create(Shape(capacity, bytes), block => Initialise(block, capacity)));

    /// <summary>Opens the queue of this name, or makes one.</summary>
    /// <param name="name">Letters, digits, <c>-</c>, <c>_</c> and <c>.</c>; one name space for all shared objects of the user.</param>
    /// <param name="capacity">How many items it takes; the same for all who open it.</param>
    /// <param name="bytes">How many bytes its items have at most, written down, all together; the same for all who open it.</param>
    /// <returns>The queue; dispose it.</returns>
    /// <exception cref="ArgumentException">The name is none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">There is no room for anything.</exception>
    /// <exception cref="SharedObjectException">Under this name there is something else.</exception>
    /// <exception cref="IOException">The system has no memory or no descriptor left.</exception>
    /// <exception cref="PlatformNotSupportedException">Not on 64-bit Linux.</exception>
    public static ProcessQueue<T> Open(string name, int capacity = DefaultCapacity, int bytes = DefaultBytes)
    {
        var queue = new ProcessQueue<T>(SharedBlock.Open(name, Shape(capacity, bytes), block => Initialise(block, capacity)));
        if (queue.Capacity == capacity) return queue;
        queue.Dispose();
        throw new SharedObjectException($"'{name}' was made for {queue.Capacity} items, not for {capacity}. All who open it must say the same.");
    }

    /// <summary>Puts an item in, blocking the thread while the queue is full.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="ChannelClosedException">The queue was completed.</exception>
    /// <exception cref="WorkSerializationException">The item cannot travel, or is larger than the queue.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; the item is not in the queue.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Put(T item, CancellationToken cancellationToken = default) => _end.Put(item, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Puts an item in, blocking the thread for so long at most.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="TimeoutException">The queue was full all the time.</exception>
    /// <exception cref="ChannelClosedException">The queue was completed.</exception>
    /// <exception cref="WorkSerializationException">The item cannot travel, or is larger than the queue.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; the item is not in the queue.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Put(T item, TimeSpan timeout, CancellationToken cancellationToken = default) => _end.Put(item, timeout, cancellationToken);

    /// <summary>Puts an item in, waiting without a thread while the queue is full.</summary>
    /// <param name="item">The item.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>Ends when the item is in the queue.</returns>
    /// <exception cref="ChannelClosedException">The queue was completed.</exception>
    /// <exception cref="WorkSerializationException">The item cannot travel, or is larger than the queue.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; the item is not in the queue.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public ValueTask PutAsync(T item, CancellationToken cancellationToken = default) => _end.PutAsync(item, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Puts an item in, waiting without a thread for so long at most.</summary>
    /// <param name="item">The item.</param>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>Ends when the item is in the queue.</returns>
    /// <exception cref="TimeoutException">The queue was full all the time.</exception>
    /// <exception cref="ChannelClosedException">The queue was completed.</exception>
    /// <exception cref="WorkSerializationException">The item cannot travel, or is larger than the queue.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; the item is not in the queue.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public ValueTask PutAsync(T item, TimeSpan timeout, CancellationToken cancellationToken = default) => _end.PutAsync(item, timeout, cancellationToken);

    /// <summary>Puts an item in if there is room.</summary>
    /// <param name="item">The item.</param>
    /// <returns>True when it is in the queue.</returns>
    /// <exception cref="ChannelClosedException">The queue was completed.</exception>
    /// <exception cref="WorkSerializationException">The item cannot travel, or is larger than the queue.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public bool TryPut(T item) => _end.TryPut(item);

    /// <summary>Takes the first item, blocking the thread while there is none.</summary>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ChannelClosedException">The queue was completed and is empty.</exception>
    /// <exception cref="WorkSerializationException">The item arrived but could not be rebuilt.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public T Take(CancellationToken cancellationToken = default) => _end.Take(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Takes the first item, blocking the thread for so long at most.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The item.</returns>
    /// <exception cref="TimeoutException">The queue was empty all the time.</exception>
    /// <exception cref="ChannelClosedException">The queue was completed and is empty.</exception>
    /// <exception cref="WorkSerializationException">The item arrived but could not be rebuilt.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public T Take(TimeSpan timeout, CancellationToken cancellationToken = default) => _end.Take(timeout, cancellationToken);

    /// <summary>Takes the first item, waiting without a thread while there is none.</summary>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The item.</returns>
    /// <exception cref="ChannelClosedException">The queue was completed and is empty.</exception>
    /// <exception cref="WorkSerializationException">The item arrived but could not be rebuilt.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public ValueTask<T> TakeAsync(CancellationToken cancellationToken = default) => _end.TakeAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Takes the first item, waiting without a thread for so long at most.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The item.</returns>
    /// <exception cref="TimeoutException">The queue was empty all the time.</exception>
    /// <exception cref="ChannelClosedException">The queue was completed and is empty.</exception>
    /// <exception cref="WorkSerializationException">The item arrived but could not be rebuilt.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public ValueTask<T> TakeAsync(TimeSpan timeout, CancellationToken cancellationToken = default) => _end.TakeAsync(timeout, cancellationToken);

    /// <summary>Takes the first item if there is one.</summary>
    /// <param name="item">The item.</param>
    /// <returns>True when there was one.</returns>
    /// <exception cref="WorkSerializationException">The item arrived but could not be rebuilt.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public bool TryTake(out T item) => _end.TryTake(out item);

    /// <summary>Takes items until the queue is completed and empty.</summary>
    /// <param name="cancellationToken">Gives the wait for the next item up.</param>
    /// <returns>The items that this consumer gets; others may take from the same queue.</returns>
    /// <exception cref="WorkSerializationException">An item arrived but could not be rebuilt.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            T item;
            try
            {
                item = await TakeAsync(cancellationToken);
            }
            catch (ChannelClosedException)
            {
                yield break;
            }
            yield return item;
        }
    }

    /// <summary>Says that nothing more comes. What is in the queue can still be taken. Completing twice does nothing.</summary>
    /// <exception cref="ObjectDisposedException">The queue was disposed.</exception>
    public void Complete()
    {
        Pin();
        _end.Queue.Close();
        Unpin();
    }

    static ProcessQueue<T> ISharedObject<ProcessQueue<T>>.Attach(SharedHandle handle) => new(SharedBlock.Open(handle, Shape(BlockShape.AnyLength)));

    private protected override void WakeAll()
    {
        _end.Queue.Items.WakeAll();
        _end.Queue.Room.WakeAll();
    }

    private protected override string Describe() =>
        IsDisposed ? base.Describe() : $"{base.Describe()}, {Count} of {Capacity}{(IsCompleted ? ", completed" : "")}";

    private static BlockShape Shape(long bytes) => BlockShape.Of<T>(SharedKind.Queue, bytes, QueueOffset + ByteQueue.HeadSize, 1);

    private static BlockShape Shape(int capacity, int bytes)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(capacity, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(bytes, 2 * ByteQueue.BlockHeadSize);
        return Shape(bytes);
    }

    private static unsafe void Initialise(SharedBlock block, int capacity) => *(int*)(block.Content + CapacityOffset) = capacity;
}
