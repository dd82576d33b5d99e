using System.Buffers;
using System.Threading.Channels;
using Simul.Processes.Payloads;

namespace Simul.Processes.Sharing;

// Typed items through a byte queue: what queues and pipes have in common. Items are written before anybody is kept waiting by
// it, and read when nobody is any more. `peer`, if there is one, is asked whether the other side still lives.
internal readonly struct QueueEnd<T>(SharedObject owner, ByteQueue queue, long bytes, long most, IPeer? peer)
{
    public ByteQueue Queue => queue;

    public bool TryPut(T item)
    {
        byte[] block = Write(item);
        owner.Pin();
        try
        {
            return queue.TryPut(block, most) switch { true => true, null => false, false => throw Closed() };
        }
        finally
        {
            owner.Unpin();
        }
    }

    public void Put(T item, TimeSpan timeout, CancellationToken token)
    {
        byte[] block = Write(item);
        owner.Pin();
        try
        {
            var attempt = new PutAttempt(queue, block, most, peer);
            if (!SharedWait.Wait(owner, queue.Room, ref attempt, timeout, token)) throw TimeIsOver("no room", timeout);
            if (attempt.IsClosed) throw Closed();
        }
        finally
        {
            owner.Unpin();
        }
    }

    public async ValueTask PutAsync(T item, TimeSpan timeout, CancellationToken token)
    {
        byte[] block = Write(item);
        owner.Pin();
        try
        {
            var (done, attempt) = await SharedWait.WaitAsync(owner.Block, owner, queue.Room, new PutAttempt(queue, block, most, peer), timeout, token).ConfigureAwait(false);
            if (!done) throw TimeIsOver("no room", timeout);
            if (attempt.IsClosed) throw Closed();
        }
        finally
        {
            owner.Unpin();
        }
    }

    public bool TryTake(out T item)
    {
        owner.Pin();
        try
        {
            bool? taken = queue.TryTake(out byte[] buffer, out int length);
            item = taken == true ? Read(buffer, length) : default!;
            return taken == true;
        }
        finally
        {
            owner.Unpin();
        }
    }

    public T Take(TimeSpan timeout, CancellationToken token)
    {
        owner.Pin();
        try
        {
            var attempt = new TakeAttempt(queue, peer);
            if (!SharedWait.Wait(owner, queue.Items, ref attempt, timeout, token)) throw TimeIsOver("nothing", timeout);
            return attempt.IsClosed ? throw Closed() : Read(attempt.Buffer, attempt.Length);
        }
        finally
        {
            owner.Unpin();
        }
    }

    public async ValueTask<T> TakeAsync(TimeSpan timeout, CancellationToken token)
    {
        owner.Pin();
        try
        {
            var (done, attempt) = await SharedWait.WaitAsync(owner.Block, owner, queue.Items, new TakeAttempt(queue, peer), timeout, token).ConfigureAwait(false);
            if (!done) throw TimeIsOver("nothing", timeout);
            return attempt.IsClosed ? throw Closed() : Read(attempt.Buffer, attempt.Length);
        }
        finally
        {
            owner.Unpin();
        }
    }

    private byte[] Write(T item)
    {
        byte[] block = WorkPayload.Serialize(typeof(T), item, null, JsonWorkSerializer.Default, "The item").ToArray();
        if (block.Length + ByteQueue.BlockHeadSize > bytes)
            throw new WorkSerializationException($"An item of {block.Length} bytes will never fit into the {bytes} bytes of the {Kind}. Make it with more bytes, or put the data into a SharedArray and send that.");
        return block;
    }

    private static T Read(byte[] buffer, int length)
    {
        try
        {
            return WorkPayload.Deserialize<T>(buffer.AsSpan(0, length), JsonWorkSerializer.Default, "The item");
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private string Kind => peer is null ? "queue" : "pipe";

    private string Title => owner.Name is null ? $"The {Kind}" : $"The {Kind} '{owner.Name}'";

    // The disposal of a pipe's end closes its queues; its own waits are to hear of the disposal.
    private Exception Closed() => owner.IsDisposed ? new ObjectDisposedException(owner.GetType().FullName) : new ChannelClosedException(peer is null
        ? $"{Title} was completed: nothing more goes in, and what was in it was taken."
        : $"{Title} has lost its other end: it was disposed, or its process has ended.");

    private TimeoutException TimeIsOver(string what, TimeSpan timeout) => new($"{Title}: there was {what} within {timeout}.");

    private struct PutAttempt(ByteQueue queue, byte[] block, long most, IPeer? peer) : IAttempt
    {
        public bool IsClosed { get; private set; }

        public bool Try(bool look)
        {
            if (look && peer is { HasGone: true }) queue.Close();
            bool? put = queue.TryPut(block, most);
            IsClosed = put == false;
            return put is not null;
        }
    }

    private struct TakeAttempt(ByteQueue queue, IPeer? peer) : IAttempt
    {
        public byte[] Buffer { get; private set; } = [];

        public int Length { get; private set; }

        public bool IsClosed { get; private set; }

        public bool Try(bool look)
        {
            if (look && peer is { HasGone: true }) queue.Close();
            bool? taken = queue.TryTake(out byte[] buffer, out int length);
            (Buffer, Length, IsClosed) = (buffer, length, taken == false);
            return taken is not null;
        }
    }
}
