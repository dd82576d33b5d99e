using System.Runtime.CompilerServices;
using System.Runtime.Versioning;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// Memory in which a worker notes how far it has come with a batch, item by item, and the results. It outlives the worker, so that
// a crash takes along nothing but the item that ran: those before it have left their results, those behind it never began.
//
// Two places, because the worker begins the next batch before the results of the last one are read here.
//
//   offset  written by               what
//   0       parent 0, then worker    how many items have begun; written before each, behind the result of the one before
//   8       parent -1, then worker   how many have ended well; written once, at the batch's end
//   64      worker                   the results
[SupportedOSPlatform("linux")]
internal sealed unsafe class BatchMemory : IDisposable
{
    public const int Places = 2;
    public const int ResultBytes = 64 * 1024;
    private const int Header = 64;
    private const int PlaceSize = Header + ResultBytes;

    private readonly SharedRegion _region;

    private BatchMemory(SharedRegion region) => _region = region;

    private static long Size => Places * PlaceSize;

    // The parent's; the descriptor is for the worker to open, and closed by the owner.
    public static BatchMemory Create(out int descriptor) => new(SharedRegion.Create(Size, out descriptor));

    // The worker's.
    public static BatchMemory Open(int parent, int descriptor)
    {
        using var file = File.OpenHandle($"/proc/{parent}/fd/{descriptor}", FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        return new(SharedRegion.Map((int)file.DangerousGetHandle(), Size));
    }

    public ref int Begun(int place) => ref *(int*)(_region.Address + (place * PlaceSize));

    public ref int Done(int place) => ref *(int*)(_region.Address + (place * PlaceSize) + 8);

    public Span<byte> Results(int place) => new(_region.Address + (place * PlaceSize) + Header, ResultBytes);

    public void Reset(int place)
    {
        Begun(place) = 0;
        Volatile.Write(ref Done(place), -1);
    }

    public void Dispose() => _region.Dispose();
}
