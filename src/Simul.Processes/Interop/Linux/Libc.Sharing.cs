using System.Runtime.InteropServices;

namespace Simul.Processes.Interop.Linux;

// What shared objects need: files, locks that the kernel lets go with their process, and sleeping on words.
internal static unsafe partial class Libc
{
    public const int ReadWrite = 2;        // O_RDWR
    public const int CreateFile = 0x40;    // O_CREAT
    public const int NoTerminal = 0x100;   // O_NOCTTY
    public const int LockShared = 1;       // LOCK_SH
    public const int LockExclusive = 2;    // LOCK_EX
    public const int LockNonBlocking = 4;  // LOCK_NB
    public const int CurrentFolder = -100; // AT_FDCWD
    public const int NoFollowPath = 0x100; // AT_SYMLINK_NOFOLLOW
    public const int EmptyPath = 0x1000;   // AT_EMPTY_PATH
    public const uint MemoryFileAllowSealing = 2;
    public const int AddSeals = 1033;      // F_ADD_SEALS
    public const int SealAll = 1 | 2 | 4;  // no more seals, no shrinking, no growing
    public const int Interrupted = 4;      // EINTR
    public const int NoSuchFile = 2;       // ENOENT
    public const int NoSuchProcess = 3;    // ESRCH

    private const int FutexWaitVectorNumber = 449; // the same on every architecture
    private const int MonotonicClock = 1;

    // O_NOFOLLOW is one of the few flags that differ.
    public static int NoFollow { get; } = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    // What statx tells; the layout is the same on every architecture.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    public struct FileStatus
    {
        [FieldOffset(16)]
        public uint Links;
        [FieldOffset(20)]
        public uint User;
        [FieldOffset(28)]
        public ushort Mode;
    }

    // One word of many to sleep on.
    [StructLayout(LayoutKind.Sequential)]
    public struct FutexWaiter
    {
        public const uint Word32 = 2;
        public const uint Private = 128;

        public ulong Value;
        public ulong Address;
        public uint Flags;
        public uint Reserved;
    }

    private struct TimeSpecification
    {
        public long Seconds;
        public long Nanoseconds;
    }

    // Sleeps for so long at most if the word still has this value; may return early, also without a reason.
    public static void FutexWait(int* word, int expected, TimeSpan timeout)
    {
        var relative = Specify(timeout.Ticks * 100);
        Futex(FutexNumber, word, FutexWaitShared, expected, (nint)(&relative), 0, 0);
    }

    public static void FutexWake(int* word, int count) => Futex(FutexNumber, word, FutexWakeShared, count, 0, 0, 0);

    // Sleeps on several words at once (Linux 5.16). False where the kernel does not know or allow it.
    public static bool FutexWaitAny(FutexWaiter* waiters, int count, TimeSpan timeout)
    {
        // An absolute time of CLOCK_MONOTONIC, which is what timestamps are here.
        var end = Specify(TimeProvider.System.GetTimestamp() * (1_000_000_000 / TimeProvider.System.TimestampFrequency) + timeout.Ticks * 100);
        nint result = FutexVector(FutexWaitVectorNumber, waiters, count, 0, &end, MonotonicClock);
        return result >= 0 || Marshal.GetLastPInvokeError() is Interrupted or 11 or 110; // EAGAIN, ETIMEDOUT
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(string path, int flags, int mode);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int LockFile(int descriptor, int operation);

    [LibraryImport("libc", EntryPoint = "unlink", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(string path);

    [LibraryImport("libc", EntryPoint = "mkdir", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakeFolder(string path, uint mode);

    // Returns the error itself.
    [LibraryImport("libc", EntryPoint = "posix_fallocate")]
    public static partial int Allocate(int descriptor, long offset, long size);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Status(int folder, string path, int flags, uint mask, FileStatus* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint GetUserId();

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint FutexVector(nint number, FutexWaiter* waiters, nint count, nint flags, TimeSpecification* end, nint clock);

    private static TimeSpecification Specify(long nanoseconds) =>
        new() { Seconds = nanoseconds / 1_000_000_000, Nanoseconds = nanoseconds % 1_000_000_000 };
}
