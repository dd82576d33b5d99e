using Simul.Processes.Launch;

namespace Simul.Processes.Pool;

// What most often ends a worker in the way this one ended, in words for the error message.
internal static class CrashCause
{
    public static WorkerCrashedException Describe(Job job, WorkerSlot slot, WorkerExit exit) =>
        Describe(job.Name, slot.Name, slot.Process, exit, slot.AnnouncedExit, slot.LimitNote ?? slot.KillNote);

    public static WorkerCrashedException Describe(string item, string worker, WorkerProcess? process, WorkerExit exit, int? announced, string? killNote)
    {
        string tail = process?.ErrorTail ?? "";
        var (code, signal) = exit.Told(announced);
        return new WorkerCrashedException(item, worker, process?.Id ?? 0, code, signal, killNote ?? Cause(announced, code, signal, tail), tail);
    }

    private static string Cause(int? announced, int? code, string? signal, string tail) => signal switch
    {
        "SIGKILL" => "it was killed from outside: kill -9, or the kernel for lack of memory (see dmesg)",
        "SIGTERM" or "SIGINT" or "SIGHUP" or "SIGQUIT" => "somebody sent it this signal from outside",
        "SIGSEGV" or "SIGBUS" or "SIGILL" or "SIGFPE" => "a fault in native code, or in unsafe code",
        "SIGABRT" when tail.Contains("Stack overflow", StringComparison.Ordinal) => "a stack overflow; the method calls itself too deeply",
        "SIGABRT" when tail.Contains("Unhandled exception", StringComparison.Ordinal) => "an exception nobody caught, on a thread the method started or in an async void method",
        "SIGABRT" => "Environment.FailFast, or an abort in native code",
        not null => "see the signal's manual page",
        null when announced is not null => "the method, or something it calls, called Environment.Exit",
        null when code is not null => "native code ended the process",
        _ => "unknown; its status was collected by somebody else (is SIGCHLD ignored?)",
    };
}
