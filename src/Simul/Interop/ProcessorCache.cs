using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Simul;

// Hints to the processor, for loops over objects that lie all over a large heap: a million sleepers wake in an order that
// has nothing to do with where they are. Asked for together, the waits for memory overlap; met one by one, they were a third of
// the time (bench sleepers, overshoot).
internal static class ProcessorCache
{
    private const int Line = 64;

    // The object will be looked at soon: its first two lines. A hint only, the collector may move the object meanwhile.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Expect(object? item)
    {
        if (!Sse.IsSupported) return;
        byte* address = *(byte**)Unsafe.AsPointer(ref item);
        Sse.Prefetch0(address);
        Sse.Prefetch0(address + Line);
    }
}
