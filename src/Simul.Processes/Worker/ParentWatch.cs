using System.Diagnostics;
using System.Runtime.Versioning;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Worker;

// Ends this process when its parent has gone, whatever way it went (P8).
//
// Linux: a thread sleeps on a pidfd of the parent, which becomes readable at its end. It is opened before the parent is
// checked again: a process id that was reused in between shows as another parent. Not the end of a pipe, which a process
// started by our methods could hold open; not PR_SET_PDEATHSIG, which follows the parent's thread instead of the process.
// _exit, because nothing here is worth a handler that may hang.
internal static class ParentWatch
{
    private const int ExitCode = 111;
    private const int AskMilliseconds = 250;

    public static void Start(int parent)
    {
        new Thread(() => Watch(parent), 128 * 1024) { IsBackground = true, Name = "simul parent watch", Priority = ThreadPriority.AboveNormal }.UnsafeStart();
    }

    public static void ExitNow()
    {
        if (OperatingSystem.IsLinux()) Libc.ExitNow(ExitCode);
        else Process.GetCurrentProcess().Kill();
    }

    private static void Watch(int parent)
    {
        if (OperatingSystem.IsLinux()) WatchOnLinux(parent);
        else WatchAnywhere(parent);
    }

    [SupportedOSPlatform("linux")]
    private static unsafe void WatchOnLinux(int parent)
    {
        int descriptor = Libc.PidFdOpen(parent);
        var polled = new Libc.PollDescriptor { Descriptor = descriptor, Events = Libc.PollIn };
        while (Libc.GetParentId() == parent)
        {
            // Without pidfd (before Linux 5.3) it looks four times a second.
            Libc.Poll(&polled, descriptor < 0 ? 0u : 1u, descriptor < 0 ? AskMilliseconds : -1);
        }
        Libc.ExitNow(ExitCode);
    }

    private static void WatchAnywhere(int parent)
    {
        try
        {
            using var process = Process.GetProcessById(parent);
            process.WaitForExit();
        }
        catch (ArgumentException)
        {
            // It has gone already.
        }
        ExitNow();
    }
}
