using System.Runtime.InteropServices;

namespace Simul.Processes.Interop.Linux;

// Who runs where, and before whom. Both are a thread's; new threads and processes have what the one has that makes them.
internal static unsafe partial class Libc
{
    public const int InvalidArgument = 22; // EINVAL

    private const int OneProcess = 0; // PRIO_PROCESS; on Linux one thread

    // 0: of the calling thread. Returns 0, or -1 and the error.
    public static int SetNice(int thread, int nice) => SetPriority(OneProcess, thread, nice);

    [LibraryImport("libc", EntryPoint = "setpriority", SetLastError = true)]
    private static partial int SetPriority(int which, int who, int value);

    [LibraryImport("libc", EntryPoint = "sched_setaffinity", SetLastError = true)]
    public static partial int SetAffinity(int thread, nuint size, ulong* processors);

    [LibraryImport("libc", EntryPoint = "sched_getaffinity", SetLastError = true)]
    public static partial int GetAffinity(int thread, nuint size, ulong* processors);
}
