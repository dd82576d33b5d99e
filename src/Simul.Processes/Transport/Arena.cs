using System.Runtime.Versioning;

namespace Simul.Processes.Transport;

// Room for large payloads beside the frames, in memory that both processes see. One of them, the owner, gives out blocks and
// fills them (ArenaAllocator); a frame says where; the other reads them in place. A block is marked free in itself, by the reader
// or, where the owner learns anyway that it was read, by the owner: no message goes back for it, and no lock is shared.
//
// The room is in addresses: pages come with their first use, and stay warm until the owner trims.
//
//   a block:   offset 0    1 while it is in use; the owner's allocator looks at it before it gives out the next
//              offset 64   the payload
[SupportedOSPlatform("linux")]
internal sealed unsafe class Arena(SharedRegion region, long start)
{
    public const long Size = 1L << 36;
    public const int HeadSize = 64;

    private readonly byte* _start = region.Address + start;

    public byte* At(long offset) => _start + offset + HeadSize;

    // What the other process says of its blocks is checked: one whose memory is in ruins must not make this one read elsewhere.
    public bool Has(long offset, long length) =>
        offset >= 0 && length >= 0 && offset % ArenaAllocator.Grain == 0 && offset <= Size - HeadSize && length <= Size - HeadSize - offset;

    // Keeps the memory mapped until Leave; false when it no longer is.
    public bool TryEnter()
    {
        try
        {
            bool entered = false;
            region.DangerousAddRef(ref entered);
            return entered;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    public void Leave() => region.DangerousRelease();

    public bool IsInUse(long offset) => Volatile.Read(ref *(int*)(_start + offset)) != 0;

    public void Use(long offset) => Volatile.Write(ref *(int*)(_start + offset), 1);

    public void Release(long offset) => Volatile.Write(ref *(int*)(_start + offset), 0);

    // Gives the pages back to the system; they read as zeros afterwards.
    public void Discard(long offset, long length) => region.Discard(_start + offset, (nuint)length);
}
