namespace Simul.Processes.Launch;

// How a worker process ended. Both null: nobody can say any more (somebody else collected the status).
internal readonly record struct WorkerExit(int? Code, int? Signal)
{
    // Exit code or signal, given what Environment.Exit announced before the end: where .NET collects the status, exit code 137
    // looks like SIGKILL.
    public (int? Code, string? Signal) Told(int? announced)
    {
        if (Signal is { } number) return announced == 128 + number ? (announced, null) : (null, SignalName);
        return announced is null && SignalName is { } signal ? (null, signal) : (Code, null);
    }

    public string? SignalName => (Signal ?? (Code is > 128 and < 128 + 32 ? Code - 128 : null)) switch
    {
        null => null,
        1 => "SIGHUP",
        2 => "SIGINT",
        3 => "SIGQUIT",
        4 => "SIGILL",
        6 => "SIGABRT",
        7 => "SIGBUS",
        8 => "SIGFPE",
        9 => "SIGKILL",
        11 => "SIGSEGV",
        13 => "SIGPIPE",
        14 => "SIGALRM",
        15 => "SIGTERM",
        24 => "SIGXCPU",
        25 => "SIGXFSZ",
        31 => "SIGSYS",
        { } other => $"signal {other}",
    };
}
