using System.Runtime.CompilerServices;

namespace Simul.Processes.Sharing;

// A word in shared memory.
internal readonly unsafe struct Word(int* at)
{
    public int Value => Volatile.Read(ref Unsafe.AsRef<int>(at));

    public int Exchange(int value) => Interlocked.Exchange(ref Unsafe.AsRef<int>(at), value);

    public int Increment() => Interlocked.Increment(ref Unsafe.AsRef<int>(at));
}
