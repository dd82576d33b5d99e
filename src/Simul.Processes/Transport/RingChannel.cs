using System.Runtime.Versioning;

namespace Simul.Processes.Transport;

// A channel through memory that parent and worker share: a ring each way.
//
// The end of the other process closes nothing here: its watchers do (the parent's by Shutdown; the worker's watch ends it).
[SupportedOSPlatform("linux")]
internal sealed unsafe class RingChannel : Channel
{
    public const int Capacity = 256 * 1024;

    private readonly SharedRegion _region;
    private readonly ByteRing _incoming;
    private readonly ByteRing _outgoing;

    private RingChannel(SharedRegion region, bool hasArena, bool worker)
    {
        _region = region;
        if (hasArena) Results = new Arena(region, RingsSize);
        var down = new ByteRing(region.Address, Capacity);
        var up = new ByteRing(region.Address + ByteRing.SizeFor(Capacity), Capacity);
        (_incoming, _outgoing) = worker ? (down, up) : (up, down);
    }

    // Both rings, and up to the next block an arena may begin with.
    public static long RingsSize { get; } = (2 * ByteRing.SizeFor(Capacity) + ArenaAllocator.Grain - 1) / ArenaAllocator.Grain * ArenaAllocator.Grain;

    // The worker's, for what it sends that is large.
    public override Arena? Results { get; }

    // The parent's end, and the descriptor for the worker's. Where addresses are rationed there is no arena.
    public static RingChannel Create(out int descriptor)
    {
        try
        {
            return new(SharedRegion.Create(RingsSize + Arena.Size, out descriptor), hasArena: true, worker: false);
        }
        catch (IOException)
        {
            return new(SharedRegion.Create(RingsSize, out descriptor), hasArena: false, worker: false);
        }
    }

    // The worker's end.
    public static RingChannel Open(int descriptor)
    {
        long size = SharedRegion.SizeOf(descriptor);
        return new(SharedRegion.Map(descriptor, size), hasArena: size > RingsSize, worker: true);
    }

    public override int Receive(Span<byte> buffer)
    {
        if (!TryEnter()) return 0;
        try
        {
            return _incoming.Read(buffer);
        }
        finally
        {
            _region.DangerousRelease();
        }
    }

    public override bool CallsForReceiver => true;

    public override bool HasMore => _incoming.HasMore;

    public override bool WaitForCall()
    {
        if (!TryEnter()) return false;
        try
        {
            return _incoming.WaitForCall();
        }
        finally
        {
            _region.DangerousRelease();
        }
    }

    public override void Send(ReadOnlySpan<byte> bytes, bool urgent)
    {
        if (!TryEnter()) throw new IOException("The channel was closed.");
        try
        {
            if (!_outgoing.Write(bytes, urgent)) throw new IOException("The other process has gone.");
        }
        finally
        {
            _region.DangerousRelease();
        }
    }

    public override void Shutdown()
    {
        if (!TryEnter()) return;
        try
        {
            _incoming.Close();
            _outgoing.Close();
        }
        finally
        {
            _region.DangerousRelease();
        }
    }

    // Whoever waits is woken first: the memory goes when the last one is out.
    public override void Dispose()
    {
        Shutdown();
        _region.Dispose();
    }

    private bool TryEnter()
    {
        try
        {
            bool entered = false;
            _region.DangerousAddRef(ref entered);
            return entered;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }
}
