using System.Runtime.CompilerServices;
using System.Text.Json.Serialization;
using System.Threading.Channels;
using Simul.Processes.Sharing;

namespace Simul;

/// <summary>One end of a pipe between two processes.</summary>
/// <remarks>
/// <para>An end that was sent to another process, as an argument, a captured value, a result or an item, belongs to that process; the
/// object here can only be disposed, and need not be.</para>
/// <para>The other end is closed when it is disposed, or its process has ended, which is found out within half a second: what it has
/// sent can still be received, then there is <see cref="ChannelClosedException"/>. A process that dies while it sends has sent the
/// message whole, or not at all.</para>
/// <para>Cancellation: every wait can be given up; no message is lost or doubled by that. Ordering: messages of one end arrive in
/// their order. Time limits are real time.</para>
/// </remarks>
/// <typeparam name="T">The type of the messages.</typeparam>
[JsonConverter(typeof(SharedObjectConverter))]
public sealed class ProcessPipeEnd<T> : SharedObject, ISharedObject<ProcessPipeEnd<T>>, IPeer
{
    private const ulong Closed = ulong.MaxValue; // no process
    private const int HeadSize = 64;

    private readonly QueueEnd<T> _incoming;
    private readonly QueueEnd<T> _outgoing;
    private volatile bool _wasSent;
    private int _opened; // how often this end had been opened when it was sent

    internal unsafe ProcessPipeEnd(SharedBlock block, int part)
        : base(block)
    {
        Part = part;
        var there = new ByteQueue(block.Content + HeadSize, block.Length);
        var back = new ByteQueue(block.Content + HeadSize + ByteQueue.HeadSize + block.Length, block.Length);
        if (part == 1) (there, back) = (back, there);
        _outgoing = new QueueEnd<T>(this, there, block.Length, long.MaxValue, this);
        _incoming = new QueueEnd<T>(this, back, block.Length, long.MaxValue, this);
        Interlocked.Increment(ref OpenedOf(part));
        Interlocked.Exchange(ref OwnerOf(part), ProcessIdentity.Current.Word);
    }

    internal override int Part { get; }

    bool IPeer.HasGone => Volatile.Read(ref OwnerOf(1 - Part)) is var owner && (owner == Closed || owner != 0 && !new ProcessIdentity(owner).IsAlive());

    /// <summary>Sends a message, blocking the thread while the pipe is full.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="ChannelClosedException">The other end is closed.</exception>
    /// <exception cref="WorkSerializationException">The message cannot travel, or is larger than the pipe.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; nothing was sent.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed, or sent to another process.</exception>
    public void Send(T message, CancellationToken cancellationToken = default) => Send(message, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Sends a message, blocking the thread for so long at most.</summary>
    /// <param name="message">The message.</param>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <exception cref="TimeoutException">The pipe was full all the time.</exception>
    /// <exception cref="ChannelClosedException">The other end is closed.</exception>
    /// <exception cref="WorkSerializationException">The message cannot travel, or is larger than the pipe.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; nothing was sent.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed, or sent to another process.</exception>
    public void Send(T message, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        RequireMine();
        _outgoing.Put(message, timeout, cancellationToken);
    }

    /// <summary>Sends a message, waiting without a thread while the pipe is full.</summary>
    /// <param name="message">The message.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>Ends when the message is in the pipe.</returns>
    /// <exception cref="ChannelClosedException">The other end is closed.</exception>
    /// <exception cref="WorkSerializationException">The message cannot travel, or is larger than the pipe.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; nothing was sent.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed, or sent to another process.</exception>
    public ValueTask SendAsync(T message, CancellationToken cancellationToken = default) => SendAsync(message, Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Sends a message, waiting without a thread for so long at most.</summary>
    /// <param name="message">The message.</param>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>Ends when the message is in the pipe.</returns>
    /// <exception cref="TimeoutException">The pipe was full all the time.</exception>
    /// <exception cref="ChannelClosedException">The other end is closed.</exception>
    /// <exception cref="WorkSerializationException">The message cannot travel, or is larger than the pipe.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up; nothing was sent.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed, or sent to another process.</exception>
    public ValueTask SendAsync(T message, TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        RequireMine();
        return _outgoing.PutAsync(message, timeout, cancellationToken);
    }

    /// <summary>Receives the next message, blocking the thread until there is one.</summary>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ChannelClosedException">The other end is closed, and all it sent was received.</exception>
    /// <exception cref="WorkSerializationException">The message arrived but could not be rebuilt.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed, or sent to another process.</exception>
    public T Receive(CancellationToken cancellationToken = default) => Receive(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Receives the next message, blocking the thread for so long at most.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The message.</returns>
    /// <exception cref="TimeoutException">No message came in time.</exception>
    /// <exception cref="ChannelClosedException">The other end is closed, and all it sent was received.</exception>
    /// <exception cref="WorkSerializationException">The message arrived but could not be rebuilt.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed, or sent to another process.</exception>
    public T Receive(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        RequireMine();
        return _incoming.Take(timeout, cancellationToken);
    }

    /// <summary>Receives the next message, waiting without a thread until there is one.</summary>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The message.</returns>
    /// <exception cref="ChannelClosedException">The other end is closed, and all it sent was received.</exception>
    /// <exception cref="WorkSerializationException">The message arrived but could not be rebuilt.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed, or sent to another process.</exception>
    public ValueTask<T> ReceiveAsync(CancellationToken cancellationToken = default) => ReceiveAsync(Timeout.InfiniteTimeSpan, cancellationToken);

    /// <summary>Receives the next message, waiting without a thread for so long at most.</summary>
    /// <param name="timeout">The longest wait; zero tries once, <see cref="Timeout.InfiniteTimeSpan"/> sets no limit.</param>
    /// <param name="cancellationToken">Gives the wait up.</param>
    /// <returns>The message.</returns>
    /// <exception cref="TimeoutException">No message came in time.</exception>
    /// <exception cref="ChannelClosedException">The other end is closed, and all it sent was received.</exception>
    /// <exception cref="WorkSerializationException">The message arrived but could not be rebuilt.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The time limit is negative.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed, or sent to another process.</exception>
    public ValueTask<T> ReceiveAsync(TimeSpan timeout, CancellationToken cancellationToken = default)
    {
        RequireMine();
        return _incoming.TakeAsync(timeout, cancellationToken);
    }

    /// <summary>Receives the next message if there is one.</summary>
    /// <param name="message">The message.</param>
    /// <returns>True when there was one.</returns>
    /// <exception cref="WorkSerializationException">The message arrived but could not be rebuilt.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed, or sent to another process.</exception>
    public bool TryReceive(out T message)
    {
        RequireMine();
        return _incoming.TryTake(out message);
    }

    /// <summary>Receives messages until the other end is closed and all it sent was received.</summary>
    /// <param name="cancellationToken">Gives the wait for the next message up.</param>
    /// <returns>The messages.</returns>
    /// <exception cref="WorkSerializationException">A message arrived but could not be rebuilt.</exception>
    /// <exception cref="OperationCanceledException">The wait was given up.</exception>
    /// <exception cref="ObjectDisposedException">This end was disposed, or sent to another process.</exception>
    public async IAsyncEnumerable<T> ReadAllAsync([EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        while (true)
        {
            T message;
            try
            {
                message = await ReceiveAsync(cancellationToken);
            }
            catch (ChannelClosedException)
            {
                yield break;
            }
            yield return message;
        }
    }

    static ProcessPipeEnd<T> ISharedObject<ProcessPipeEnd<T>>.Attach(SharedHandle handle) =>
        new(SharedBlock.Open(handle, Shape(BlockShape.AnyLength)), handle.Part);

    internal override void OnSent()
    {
        _opened = Volatile.Read(ref OpenedOf(Part));
        _wasSent = true;
    }

    // Nobody opened it: its item was cancelled, or lost. The other end must not wait for it.
    internal override void OnSentEnd()
    {
        if (Volatile.Read(ref OpenedOf(Part)) == _opened) Close();
    }

    internal static BlockShape Shape(long bytes) => BlockShape.Of<T>(SharedKind.Pipe, bytes, HeadSize + 2 * ByteQueue.HeadSize, 2);

    private protected override void WakeAll()
    {
        if (!_wasSent) Close();
        _incoming.Queue.Items.WakeAll();
        _outgoing.Queue.Room.WakeAll();
    }

    // If it is still this process's.
    private void Close()
    {
        if (Interlocked.CompareExchange(ref OwnerOf(Part), Closed, ProcessIdentity.Current.Word) != ProcessIdentity.Current.Word) return;
        _incoming.Queue.Close();
        _outgoing.Queue.Close();
    }

    // 0 before it is opened; the other end may not have been.
    private unsafe ref ulong OwnerOf(int part) => ref Unsafe.AsRef<ulong>(Block.Content + part * sizeof(ulong));

    private unsafe ref int OpenedOf(int part) => ref Unsafe.AsRef<int>(Block.Content + 2 * sizeof(ulong) + part * sizeof(int));

    private void RequireMine() => ObjectDisposedException.ThrowIf(_wasSent, this);
}
