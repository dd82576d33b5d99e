using System.Runtime.CompilerServices;

namespace Simul;

// What stands in line for its moment; of those with the same moment the lower order goes first.
internal interface IMoment
{
    long When { get; }

    long Order { get; }
}

// A heap in an array, the earliest on top. Four-way: four children share a cache line and a half, and the levels are half as
// many as with two.
internal static class MomentHeap<T>
    where T : struct, IMoment
{
    private const int Arity = 4;

    public static void SiftUp(T[] heap, int index, T entry)
    {
        while (index > 0)
        {
            int parent = (index - 1) / Arity;
            ref var above = ref heap[parent];
            if (!Before(entry, above)) break;
            heap[index] = above;
            index = parent;
        }
        heap[index] = entry;
    }

    public static void SiftDown(T[] heap, int count, int index, T entry)
    {
        while (true)
        {
            int child = index * Arity + 1;
            if (child >= count) break;
            int least = child;
            int end = Math.Min(child + Arity, count);
            for (int i = child + 1; i < end; i++)
            {
                if (Before(heap[i], heap[least])) least = i;
            }
            ref var below = ref heap[least];
            if (!Before(below, entry)) break;
            heap[index] = below;
            index = least;
        }
        heap[index] = entry;
    }

    public static void Make(T[] heap, int count)
    {
        for (int i = (count - 2) / Arity; i >= 0 && count > 1; i--) SiftDown(heap, count, i, heap[i]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Before(in T one, in T other) => one.When < other.When || (one.When == other.When && one.Order < other.Order);
}
