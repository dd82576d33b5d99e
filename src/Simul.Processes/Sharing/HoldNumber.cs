using System.Runtime.CompilerServices;

namespace Simul.Processes.Sharing;

// Which hold of a lock or permit is on, so that a stale one is found out. Lies beside the owner's word; written by the holder
// alone, who is sure to hold.
internal readonly unsafe struct HoldNumber(byte* at)
{
    public const int Size = 16;

    // 0 while nobody holds.
    private ref long Current => ref Unsafe.AsRef<long>(at);

    private ref long Last => ref Unsafe.AsRef<long>(at + 8);

    public long Value => Volatile.Read(ref Current);

    public long Next() => Current = ++Last;

    public void Set(long number) => Volatile.Write(ref Current, number);

    // True for one caller with the right number.
    public bool TryEnd(long number) => Interlocked.CompareExchange(ref Current, 0, number) == number;
}
