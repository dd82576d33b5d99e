namespace Simul;

/// <summary>What a <see cref="ProcessExecutor"/> can be told.</summary>
public sealed partial record ProcessExecutorOptions : ExecutorOptions
{
    /// <summary>How many worker processes at most. Default: one for each core. They are started when work needs them.</summary>
    public int Workers
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Workers), value, "A pool needs at least 1 worker.");
    } = System.Environment.ProcessorCount;

    /// <summary>How long an item that was cancelled, or whose time is over, may take to end by itself before its worker is
    /// killed; in real time. Default: 2 seconds. Also the bound on a worker's end when the executor is disposed.</summary>
    public TimeSpan Grace
    {
        get;
        init => field = value >= TimeSpan.Zero && value < TimeSpan.FromDays(24)
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Grace), value, "The grace period must be zero or more, and less than 24 days.");
    } = TimeSpan.FromSeconds(2);

    /// <summary>How many asynchronous items one worker runs at the same time. Default: 100. Synchronous items always run one
    /// at a time, and never beside asynchronous ones.</summary>
    public int AsyncItemsPerWorker
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(AsyncItemsPerWorker), value, "A worker runs at least 1 asynchronous item.");
    } = 100;

    /// <summary>How many workers are started at once, and kept, so that the first items find them warm. Default: 0; workers start
    /// when work needs them. At most <see cref="Workers"/> are started.</summary>
    public int MinWorkers
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(MinWorkers), value, "There cannot be fewer than 0 workers.");
    }

    /// <summary>How many workers are kept started and without work, beyond those that have some: the first item finds a warm one,
    /// and so does whoever comes after a worker that crashed, was killed or is replaced. Default: 0. No more than
    /// <see cref="Workers"/> have items at one time; there are up to <see cref="Workers"/> and this many processes.</summary>
    public int SpareWorkers
    {
        get;
        init => field = value >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(SpareWorkers), value, "There cannot be fewer than 0 spare workers.");
    }

    /// <summary>How many items a worker runs before it is replaced by a fresh one, for code that leaks. Default: no limit. It ends
    /// when its last item has; a map's batch counts all its items and may go beyond. Semantics: <c>max_tasks_per_child</c> of
    /// Python's <c>ProcessPoolExecutor</c>.</summary>
    public int? MaxItemsPerWorker
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxItemsPerWorker), value, "A worker runs at least 1 item before it is replaced; leave it out for no limit.");
    }

    /// <summary>How long a worker may have nothing to do before it is asked to end, in real time; <see cref="MinWorkers"/> and
    /// <see cref="SpareWorkers"/> stay. Default: for ever. The next item
    /// that finds no worker starts one. Semantics: loky's idle time-out.</summary>
    public TimeSpan? IdleTimeout
    {
        get;
        init => field = value is null || (value > TimeSpan.Zero && value < TimeSpan.FromDays(24))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(IdleTimeout), value, "The idle time must be above zero and less than 24 days; leave it out for ever.");
    }

    /// <summary>Hears each line a worker prints, from a thread of the executor; it must be quick and must not throw.
    /// Default: both streams go to this process's standard error.</summary>
    public Action<WorkerOutput>? OutputHandler { get; init; }

    /// <summary>Hears what code in the workers sends by <see cref="WorkerMessage.Send"/>, inside of items and outside, from the
    /// thread of the executor that receives from the worker: in the order in which it was sent, before the outcome of an item
    /// that ends behind it, and also when the worker crashes behind it. While it runs nothing else of this worker is heard, so
    /// a slow one slows the worker down and nothing piles up; it must not wait for work of the executor. What it throws is
    /// written to standard error. Default: nobody; then nothing is sent.</summary>
    public Action<WorkerMessage>? MessageHandler { get; init; }

    /// <summary>Whether debuggers, profilers and <c>dotnet-trace</c> can attach to the workers. Default: false. The runtime
    /// keeps files for it in the temporary folder, which stay behind when a worker is killed.</summary>
    public bool Diagnostics { get; init; }

    /// <summary>How messages travel. Default: the fastest way the system has.</summary>
    public WorkerTransport Transport
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Transport), value, "There is no such transport.");
    }

    /// <summary>Writes and reads values that are not raw memory, on both sides: the worker makes one of the same type. Default:
    /// <see cref="JsonWorkSerializer"/>.</summary>
    /// <exception cref="ArgumentException">The type has no public parameterless constructor.</exception>
    public WorkSerializer Serializer
    {
        get;
        init => field = WorkSerializer.Checked(value, nameof(Serializer));
    } = JsonWorkSerializer.Default;

    // Forces the way that works on every system, for tests.
    internal bool PortableLaunch { get; init; }
}
