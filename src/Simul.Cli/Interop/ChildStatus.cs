using System.Runtime.InteropServices;

namespace Simul.Cli;

// How a child ended and what it used.
internal sealed partial record ChildStatus(int Process, int? ExitCode, int? Signal, double CpuSeconds)
{
    private const int Interrupted = 4; // EINTR
    private const int UsageWords = 32; // struct rusage has 18 words; some room

    public bool Succeeded => ExitCode == 0;

    public string Description => ExitCode is { } code ? $"exit code {code}" : $"killed by {SignalName}";

    public string? SignalName => Signal switch
    {
        null => null,
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        { } other => $"signal {other}",
    };

    // Waits for any child to end. Null when there is none.
    public static ChildStatus? WaitAny() => WaitFor(-1);

    // Waits for one child to end. Null when there is no such child.
    public static unsafe ChildStatus? WaitFor(int child)
    {
        nint* usage = stackalloc nint[UsageWords];
        int process;
        int status;
        do
        {
            process = Wait(child, out status, 0, usage);
        }
        while (process < 0 && Marshal.GetLastPInvokeError() == Interrupted);
        if (process <= 0) return null;
        int signal = status & 0x7f;
        // Two times of seconds and microseconds. (The largest resident set stands behind them, and is of no use: a child
        // that was spawned sharing our memory starts with our own.)
        double cpu = usage[0] + usage[2] + ((int)usage[1] + (int)usage[3]) / 1e6;
        return new ChildStatus(process, signal == 0 ? (status >> 8) & 0xff : null, signal == 0 ? null : signal, cpu);
    }

    [LibraryImport("libc", EntryPoint = "wait4", SetLastError = true)]
    private static unsafe partial int Wait(int process, out int status, int options, nint* usage);
}
