using System.Buffers;
using System.Runtime.CompilerServices;

namespace Simul.Processes.Sharing;

// A queue of byte blocks in shared memory, for any number of processes at both ends.
//
//   0      a lock, held while one block is copied
//   64     the cell of those who wait for a block
//   128    the cell of those who wait for room
//   192    version: the last bit says which of the two states holds
//   256    state 0: bytes and blocks ever put and taken, and whether more may come
//   320    state 1
//   384    the blocks, each behind its length, in a ring
//
// A change is copied into the ring, or out of it, first; then the state that does not hold is written; then the version is
// raised, and that one store is the change. Whoever dies before it has changed nothing, whatever he had copied; who gets the
// lock after him has nothing to mend. Who dies behind it has put his block, or taken it along.
internal readonly unsafe struct ByteQueue(byte* at, long bytes)
{
    public const int HeadSize = 384;
    public const int BlockHeadSize = sizeof(int);

    public struct State
    {
        public long BytesPut;
        public long BytesTaken;
        public long Put;
        public long Taken;
        public long Closed;

        public readonly long Count => Put - Taken;
    }

    private RobustLock Lock => new(at);

    public WaitCell Items => new((int*)(at + 64));

    public WaitCell Room => new((int*)(at + 128));

    private ref long Version => ref Unsafe.AsRef<long>(at + 192);

    private State* StateOf(long version) => (State*)(at + 256 + (version & 1) * 64);

    // Without the lock perhaps a mixture of two; then somebody is about to notify.
    public State Now => *StateOf(Volatile.Read(ref Version));

    public bool IsClosed => Now.Closed != 0;

    // Null if there is no room. False: it is closed.
    public bool? TryPut(ReadOnlySpan<byte> block, long most)
    {
        if (!HasRoom(Now, block.Length, most) && !IsClosed) return null;
        Lock.Take();
        try
        {
            var state = Now;
            if (state.Closed != 0) return false;
            if (!HasRoom(state, block.Length, most)) return null;
            int length = block.Length;
            CopyIn(state.BytesPut, new ReadOnlySpan<byte>(&length, BlockHeadSize));
            CopyIn(state.BytesPut + BlockHeadSize, block);
            state.BytesPut += BlockHeadSize + length;
            state.Put++;
            Commit(state);
        }
        finally
        {
            Lock.Release();
        }
        Items.Notify(1);
        return true;
    }

    // Null if there is none. False: there will be none any more. The buffer is the pool's.
    public bool? TryTake(out byte[] buffer, out int length)
    {
        buffer = [];
        length = 0;
        var now = Now;
        if (now.Count == 0 && now.Closed == 0) return null;
        Lock.Take();
        try
        {
            var state = Now;
            if (state.Count == 0) return state.Closed != 0 ? false : null;
            int blockLength = 0;
            CopyOut(state.BytesTaken, new Span<byte>(&blockLength, BlockHeadSize));
            if ((uint)blockLength > (ulong)bytes) throw new InvalidDataException("A shared queue was damaged: it holds a block that is longer than it. Something writes into its memory. Make it anew.");
            buffer = ArrayPool<byte>.Shared.Rent(blockLength);
            CopyOut(state.BytesTaken + BlockHeadSize, buffer.AsSpan(0, blockLength));
            length = blockLength;
            state.BytesTaken += BlockHeadSize + blockLength;
            state.Taken++;
            Commit(state);
        }
        finally
        {
            Lock.Release();
        }
        // All of them: the room may be enough for one of them and not for the first.
        Room.Notify(int.MaxValue);
        return true;
    }

    public void Close()
    {
        Lock.Take();
        var state = Now;
        state.Closed = 1;
        Commit(state);
        Lock.Release();
        Items.Notify(int.MaxValue);
        Room.Notify(int.MaxValue);
    }

    private bool HasRoom(in State state, int length, long most) =>
        state.Count < most && bytes - (state.BytesPut - state.BytesTaken) >= BlockHeadSize + length;

    private void Commit(in State state)
    {
        long version = Version;
        *StateOf(version + 1) = state;
        Volatile.Write(ref Version, version + 1);
    }

    private void CopyIn(long position, ReadOnlySpan<byte> source)
    {
        long start = position % bytes;
        int first = (int)Math.Min(source.Length, bytes - start);
        source[..first].CopyTo(new Span<byte>(at + HeadSize + start, first));
        source[first..].CopyTo(new Span<byte>(at + HeadSize, source.Length - first));
    }

    private void CopyOut(long position, Span<byte> target)
    {
        long start = position % bytes;
        int first = (int)Math.Min(target.Length, bytes - start);
        new ReadOnlySpan<byte>(at + HeadSize + start, first).CopyTo(target);
        new ReadOnlySpan<byte>(at + HeadSize, target.Length - first).CopyTo(target[first..]);
    }
}
