using System.Globalization;
using System.Runtime.InteropServices;

namespace Simul.Cli;

// What the kernel answers when asked. Reading versions or settings would be a guess: a seccomp filter or a sysctl can
// refuse what the version promises, and ENOSYS and EPERM mean the same to us.
internal static unsafe class KernelChecks
{
    private const nint IoUringSetup = 425; // the same number on x64 and arm64, as all calls since 5.1
    private const nint PidfdOpen = 434;
    private const int FutexWakePrivate = 1 | 128;

    private static nint FutexNumber => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 98 : 202;

    public static IEnumerable<DoctorCheck> All() => [IoUring(), Futex(), Pidfd()];

    private static DoctorCheck IoUring()
    {
        const string Without = "the loop waits with epoll, or the portable driver, instead";
        if (!OperatingSystem.IsLinux()) return DoctorCheck.Missing("io_uring", "Linux only", Without);
        // struct io_uring_params: 120 bytes, features in the sixth word.
        uint* parameters = stackalloc uint[30];
        new Span<uint>(parameters, 30).Clear();
        long ring = Posix.SystemCall(IoUringSetup, 2, (nint)parameters, 0, 0, 0, 0);
        if (ring < 0) return DoctorCheck.Missing("io_uring", Refusal(), Without);
        _ = Posix.Close((int)ring);
        return DoctorCheck.Ok("io_uring", string.Create(CultureInfo.InvariantCulture, $"answers, features 0x{parameters[5]:x}"), "batched I/O in one wait; without it: epoll");
    }

    private static DoctorCheck Futex()
    {
        const string Without = "process workers talk over Unix sockets: 28 us a call instead of 4";
        if (!OperatingSystem.IsLinux()) return DoctorCheck.Missing("futex", "Linux only", Without);
        int word = 0;
        long woken = Posix.SystemCall(FutexNumber, (nint)(&word), FutexWakePrivate, 1, 0, 0, 0);
        return woken == 0
            ? DoctorCheck.Ok("futex", "answers", "workers share memory and wake each other by it; without it: sockets")
            : DoctorCheck.Missing("futex", Refusal(), Without);
    }

    private static DoctorCheck Pidfd()
    {
        const string Without = "workers notice a killed parent by asking, within a second, instead of at once";
        if (!OperatingSystem.IsLinux()) return DoctorCheck.Missing("pidfd", "Linux only", Without);
        long descriptor = Posix.SystemCall(PidfdOpen, Environment.ProcessId, 0, 0, 0, 0, 0);
        if (descriptor < 0) return DoctorCheck.Missing("pidfd", Refusal(), Without);
        _ = Posix.Close((int)descriptor);
        return DoctorCheck.Ok("pidfd", "answers", "workers see their parent die at once; without it: they ask");
    }

    private static string Refusal() => $"refused: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}";
}
