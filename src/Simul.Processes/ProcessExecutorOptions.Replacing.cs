namespace Simul;

// When workers are replaced, or ended, for what has become of them.
public sealed partial record ProcessExecutorOptions
{
    /// <summary>How old a worker may become, in real time since it was ready: then it gets no more items and is replaced when
    /// those it has have ended. Default: no limit. For caches that grow stale, and leaks that grow with time.</summary>
    public TimeSpan? MaxWorkerAge
    {
        get;
        init => field = value is null || (value > TimeSpan.Zero && value < TimeSpan.FromDays(24))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(MaxWorkerAge), value, "A worker's age must be above zero and less than 24 days; leave it out for no limit.");
    }

    /// <summary>How much memory a worker may have, in bytes, before it is replaced between two items. Default: no limit. What
    /// counts is memory of its own (on Linux, resident and not shared: not the system's libraries, nor values in shared memory),
    /// garbage that is not collected yet included. It is looked at when an item ends, every 5 milliseconds at most; each worker
    /// runs one item at least. A fresh worker has some 3 MB. Semantics: loky's check for leaks.</summary>
    public long? MaxWorkerMemory
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxWorkerMemory), value, "A worker needs some memory; leave it out for no limit.");
    }

    /// <summary>How much memory a worker may ever have, in bytes; counted as for <see cref="MaxWorkerMemory"/>. Default: no limit.
    /// A worker with more is killed while it runs: its item fails with <see cref="WorkerCrashedException"/>, which names the limit
    /// and what was used, and a retry policy takes it for a crash. It is looked at every 20 milliseconds, so what grows fast goes
    /// beyond it for so long. Managed objects alone come up to seven eighths of it: then the runtime collects as hard as it can,
    /// and what still finds no room gets an <see cref="OutOfMemoryException"/>, with which the worker goes on.</summary>
    /// <remarks>The runtime's share is its <c>GCHeapHardLimit</c>; a <c>DOTNET_GCHeapHardLimit</c> in the workers' environment comes
    /// first. The processes a method starts are not counted, and do not inherit it.</remarks>
    public long? WorkerMemoryLimit
    {
        get;
        init => field = value is null or >= LeastMemoryLimit
            ? value
            : throw new ArgumentOutOfRangeException(nameof(WorkerMemoryLimit), value, $"A worker needs {LeastMemoryLimit >> 20} MB at least before it has run anything; leave it out for no limit.");
    }

    private const long LeastMemoryLimit = 32L << 20;
}
