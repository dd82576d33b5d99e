using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Transport;

// One direction of a channel through shared memory: bytes from one writer to one reader, in another process. No lock is shared,
// so a process that dies holds nothing up.
//
//   offset   owner    what
//   0        writer   how many bytes it has ever written
//   64       reader   how many it has ever read
//   128      reader   1 while it sleeps until there is something
//   192      writer   1 while it sleeps until there is room
//   256      both     1 once closed
//   320      writer   counts its calls for a reader, who may be busy elsewhere
//   384      reader   1 while somebody sleeps until he is called
//   4096              the bytes, in a ring
//
// Who waits says so, looks again, and sleeps on its word; who has moved a count looks whether the other sleeps. Between the
// store and the look stands a full fence on either side, so at least one of them sees the other (Dekker).
//
// Each side trusts its own count and keeps it at home; the other's is checked: a process whose memory is in ruins ends its
// channel and no more.
[SupportedOSPlatform("linux")]
internal sealed unsafe class ByteRing
{
    public const int HeadSize = 4096;
    private const int Publish = 64 * 1024; // the reader begins while the writer still copies

    private readonly byte* _base;
    private readonly int _capacity; // a power of two
    private long _own;              // the count of this side
    private int _answered;          // the last call this side has answered
    private SpinBudget _budget;

    public ByteRing(byte* start, int capacity)
    {
        _base = start;
        _capacity = capacity;
    }

    public static int SizeFor(int capacity) => HeadSize + capacity;

    private ref long Written => ref Unsafe.AsRef<long>(_base);

    private ref long Consumed => ref Unsafe.AsRef<long>(_base + 64);

    private ref int ReaderSleeps => ref Unsafe.AsRef<int>(_base + 128);

    private ref int WriterSleeps => ref Unsafe.AsRef<int>(_base + 192);

    private ref int Closed => ref Unsafe.AsRef<int>(_base + 256);

    private ref int Calls => ref Unsafe.AsRef<int>(_base + 320);

    private ref int CallSleeps => ref Unsafe.AsRef<int>(_base + 384);

    // For the reader.
    public bool HasMore => Volatile.Read(ref Written) != _own;

    // Blocks until there is something; 0 when the ring is closed and empty.
    public int Read(Span<byte> buffer)
    {
        long available;
        while ((available = Volatile.Read(ref Written) - _own) == 0)
        {
            if (Volatile.Read(ref Closed) != 0)
            {
                // What was written before the close counts.
                if (Volatile.Read(ref Written) == _own) return 0;
                continue;
            }
            Wait(ref ReaderSleeps, ref Written, _own);
        }
        if ((ulong)available > (ulong)_capacity) return 0; // not a count any more
        int count = (int)Math.Min(available, buffer.Length);
        int at = (int)(_own & (_capacity - 1));
        int first = Math.Min(count, _capacity - at);
        new ReadOnlySpan<byte>(_base + HeadSize + at, first).CopyTo(buffer);
        new ReadOnlySpan<byte>(_base + HeadSize, count - first).CopyTo(buffer[first..]);
        _own += count;
        Interlocked.Exchange(ref Consumed, _own);
        if (Volatile.Read(ref WriterSleeps) != 0) Wake(ref WriterSleeps);
        return count;
    }

    // Blocks until all was taken over. False when the ring is closed.
    public bool Write(ReadOnlySpan<byte> bytes, bool urgent)
    {
        while (!bytes.IsEmpty)
        {
            if (Volatile.Read(ref Closed) != 0) return false;
            long consumed = Volatile.Read(ref Consumed);
            long room = _capacity - (_own - consumed);
            if ((ulong)room > (ulong)_capacity) return false;
            if (room == 0)
            {
                Call(); // a reader who is busy would never make any
                Wait(ref WriterSleeps, ref Consumed, consumed);
                continue;
            }
            int count = (int)Math.Min(Math.Min(room, bytes.Length), Publish);
            int at = (int)(_own & (_capacity - 1));
            int first = Math.Min(count, _capacity - at);
            bytes[..first].CopyTo(new Span<byte>(_base + HeadSize + at, first));
            bytes[first..count].CopyTo(new Span<byte>(_base + HeadSize, count - first));
            bytes = bytes[count..];
            _own += count;
            Interlocked.Exchange(ref Written, _own);
            if (Volatile.Read(ref ReaderSleeps) != 0) Wake(ref ReaderSleeps);
        }
        if (urgent) Call();
        return true;
    }

    // The reader's side, one thread: blocks until it is called. False once the ring is closed.
    public bool WaitForCall()
    {
        while (Volatile.Read(ref Calls) == _answered)
        {
            if (Volatile.Read(ref Closed) != 0) return false;
            Interlocked.Exchange(ref CallSleeps, 1);
            if (Volatile.Read(ref Calls) == _answered && Volatile.Read(ref Closed) == 0) Libc.FutexWait((int*)Unsafe.AsPointer(ref CallSleeps), 1);
            Volatile.Write(ref CallSleeps, 0);
        }
        _answered = Volatile.Read(ref Calls);
        return true;
    }

    // By either side.
    public void Close()
    {
        Interlocked.Exchange(ref Closed, 1);
        Wake(ref ReaderSleeps);
        Wake(ref WriterSleeps);
        Wake(ref CallSleeps);
    }

    private void Call()
    {
        Interlocked.Increment(ref Calls);
        if (Volatile.Read(ref CallSleeps) != 0) Wake(ref CallSleeps);
    }

    private void Wait(ref int sleeps, ref long other, long seen)
    {
        if (_budget.Spin(ref other, seen, ref Closed)) return;
        Interlocked.Exchange(ref sleeps, 1);
        if (Volatile.Read(ref other) == seen && Volatile.Read(ref Closed) == 0) Libc.FutexWait((int*)Unsafe.AsPointer(ref sleeps), 1);
        Volatile.Write(ref sleeps, 0);
    }

    private static void Wake(ref int sleeps)
    {
        if (Interlocked.Exchange(ref sleeps, 0) != 0) Libc.FutexWake((int*)Unsafe.AsPointer(ref sleeps));
    }
}
