using System.Runtime.InteropServices;

namespace Simul.Cli;

// Calls that only `doctor` makes.
internal static unsafe partial class Posix
{
    public static int OpenFilesResource => OperatingSystem.IsLinux() ? 7 : 8; // RLIMIT_NOFILE
    public static int ProcessesResource => OperatingSystem.IsLinux() ? 6 : 7; // RLIMIT_NPROC

    // All six places are passed: the variadic call reads them from registers.
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint SystemCall(nint number, nint a, nint b, nint c, nint d, nint e, nint f);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int GetLimit(int resource, out Limit limit);

    [LibraryImport("libc", EntryPoint = "setrlimit", SetLastError = true)]
    public static partial int SetLimit(int resource, in Limit limit);

    [StructLayout(LayoutKind.Sequential)]
    public struct Limit
    {
        public ulong Soft;
        public ulong Hard;
    }
}
