namespace Simul;

/// <summary>The worker process ended while it ran this item.</summary>
/// <remarks>Of a pool, only the items that ran on that worker fail. Items that waited in its queue go to another worker, and the
/// executor replaces the worker. A <see cref="ChildProcess"/> is a worker of its own.</remarks>
public sealed class WorkerCrashedException : WorkerLostException
{
    internal WorkerCrashedException(string item, string worker, int processId, int? exitCode, string? signal, string likelyCause, string standardErrorTail)
        : base($"Worker {worker} (process {processId}) {End(exitCode, signal)} while it ran '{item}'. Likely cause: {likelyCause}." +
               (standardErrorTail.Length == 0 ? "" : $"{System.Environment.NewLine}Its last words on standard error:{System.Environment.NewLine}{standardErrorTail}"))
    {
        Worker = worker;
        ProcessId = processId;
        ExitCode = exitCode;
        Signal = signal;
        LikelyCause = likelyCause;
        StandardErrorTail = standardErrorTail;
    }

    /// <summary>The worker's name.</summary>
    public string Worker { get; }

    /// <summary>The worker's process id.</summary>
    public int ProcessId { get; }

    /// <summary>The exit code; null when a signal ended the process, or when nobody could say.</summary>
    public int? ExitCode { get; }

    /// <summary>The signal's name, for instance <c>SIGKILL</c>; null when the process exited by itself.</summary>
    public string? Signal { get; }

    /// <summary>What most often ends a process like this.</summary>
    public string LikelyCause { get; }

    /// <summary>The end of what the worker wrote to its standard error.</summary>
    public string StandardErrorTail { get; }

    private static string End(int? exitCode, string? signal) =>
        signal is not null ? $"was ended by {signal}" : exitCode is not null ? $"exited with code {exitCode}" : "ended";
}
