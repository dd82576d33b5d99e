using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Simul.Processes.Payloads;

// Values without references, as bytes.
internal static class RawBytes
{
    public static ReadOnlySpan<byte> Of<T>(ReadOnlySpan<T> values) =>
        MemoryMarshal.CreateReadOnlySpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetReference(values)), values.Length * Unsafe.SizeOf<T>());

    public static T[] To<T>(ReadOnlySpan<byte> bytes, int count)
    {
        var values = GC.AllocateUninitializedArray<T>(count);
        int size = count * Unsafe.SizeOf<T>();
        bytes[..size].CopyTo(MemoryMarshal.CreateSpan(ref Unsafe.As<T, byte>(ref MemoryMarshal.GetArrayDataReference(values)), size));
        return values;
    }
}
