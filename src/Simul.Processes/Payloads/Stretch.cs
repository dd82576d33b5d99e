using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Simul.Processes.Transport;

namespace Simul.Processes.Payloads;

// Copies stretches of values without references; in blocks they may be longer than a span can say.
internal static unsafe class Stretch
{
    public static T[] ToArray<T>(ReadOnlySpan<byte> bytes)
        where T : struct
    {
        var array = GC.AllocateUninitializedArray<T>(bytes.Length / Unsafe.SizeOf<T>());
        bytes[..(array.Length * Unsafe.SizeOf<T>())].CopyTo(MemoryMarshal.AsBytes(array.AsSpan()));
        return array;
    }

    public static T[] ToArray<T>(ArenaBlock block)
        where T : struct
    {
        var array = GC.AllocateUninitializedArray<T>(checked((int)(block.Length / Unsafe.SizeOf<T>())));
        fixed (void* target = &Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(array)))
        {
            Buffer.MemoryCopy(block.Start, target, block.Length, array.LongLength * Unsafe.SizeOf<T>());
        }
        return array;
    }

    public static void Copy<T>(ref T source, ArenaBlock block)
        where T : struct
    {
        fixed (void* start = &Unsafe.As<T, byte>(ref source)) Buffer.MemoryCopy(start, block.Start, block.Length, block.Length);
    }
}
