using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Simul;

// A word on which one thread can sleep and another can wake it, in this process alone. Callers ask IsSupported first.
//
// The word lies in an array of the pinned heap: its address never changes, nothing has to be freed, and thousands of them do
// not hold up the collector as thousands of pins would. A cache line on either side belongs to nobody else.
// Thread safety: any thread.
internal sealed unsafe partial class FutexWord
{
    private const int WaitPrivate = 0 | 128;
    private const int WakePrivate = 1 | 128;
    private const int Line = 64 / sizeof(int);

    private readonly int[] _memory = GC.AllocateArray<int>(2 * Line, pinned: true);

    // Asked once: on Linux, on an architecture whose call number is known, where the kernel answers.
    public static bool IsSupported { get; } = Probe();

    public ref int Value
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => ref _memory[Line];
    }

    // Sleeps if the word still has this value. May return early, also without a reason: the caller looks again.
    // Leaves the collector's way open while it sleeps, so the transition must not be suppressed.
    public void Wait(int expected)
    {
        SystemCall(Number, Address, WaitPrivate, expected, 0, 0, 0);
        GC.KeepAlive(_memory);
    }

    // Wakes the sleeper, if there is one.
    public void Wake()
    {
        SystemCall(Number, Address, WakePrivate, 1, 0, 0, 0);
        GC.KeepAlive(_memory);
    }

    private int* Address => (int*)Unsafe.AsPointer(ref _memory[Line]);

    private static nint Number => RuntimeInformation.ProcessArchitecture switch
    {
        Architecture.X64 => 202,
        Architecture.Arm64 or Architecture.RiscV64 or Architecture.LoongArch64 => 98,
        _ => -1,
    };

    private static bool Probe()
    {
        if (!OperatingSystem.IsLinux() || Number < 0) return false;
        try
        {
            int word = 0;
            return SystemCall(Number, &word, WakePrivate, 1, 0, 0, 0) == 0;
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            return false; // a C library that calls itself otherwise: the BCL's way does it too
        }
    }

    [LibraryImport("libc", EntryPoint = "syscall")]
    private static partial nint SystemCall(nint number, int* word, nint operation, nint value, nint timeout, nint word2, nint value3);
}
