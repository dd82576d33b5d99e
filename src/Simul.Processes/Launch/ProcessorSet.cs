using System.Runtime.InteropServices;
using System.Runtime.Versioning;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Launch;

// A set of processors, as Linux wants it: a bit each, in words of 64.
[SupportedOSPlatform("linux")]
internal readonly struct ProcessorSet
{
    private const int MostWords = Placement.MostProcessors / 64;

    private readonly ulong[] _words;

    private ProcessorSet(ulong[] words) => _words = words;

    public static ProcessorSet Of(ReadOnlySpan<int> numbers)
    {
        ulong[] words = new ulong[MostWords];
        foreach (int number in numbers) words[number / 64] |= 1UL << (number % 64);
        return new(words);
    }

    // Those of a thread, 0 for the calling one; that of the process's number is its main thread.
    public static unsafe ProcessorSet OfThread(int thread)
    {
        ulong[] words = new ulong[MostWords];
        fixed (ulong* first = words)
        {
            if (Libc.GetAffinity(thread, MostWords * sizeof(ulong), first) < 0) throw new WorkerStartException($"The processors of this process could not be found out: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}.");
        }
        return new(words);
    }

    // Of the calling thread. False where it may use none of them.
    public unsafe bool TryEnter()
    {
        fixed (ulong* first = _words) return Libc.SetAffinity(0, MostWords * sizeof(ulong), first) == 0;
    }

    public int[] ToArray()
    {
        var words = _words;
        return [.. Enumerable.Range(0, MostWords * 64).Where(number => (words[number / 64] >> (number % 64) & 1) != 0)];
    }
}
