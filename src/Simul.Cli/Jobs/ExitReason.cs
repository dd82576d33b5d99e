namespace Simul.Cli.Jobs;

// What an exit code says about how a process ended.
internal static class ExitReason
{
    public static string Of(int code) => code switch
    {
        0 => "exit code 0: the method ended the process",
        128 + 6 => "exit code 134, an abort: a stack overflow, FailFast or an exception nobody caught",
        128 + 9 => "exit code 137, killed: by somebody, or by the kernel for want of memory",
        128 + 11 => "exit code 139, a segmentation fault in unmanaged or unsafe code",
        128 + 15 => "exit code 143, ended by SIGTERM",
        > 128 and < 165 => $"exit code {code}, signal {code - 128}",
        _ => $"exit code {code}: the method, or something it calls, ended the process",
    };
}
