namespace Simul;

/// <summary>What a <see cref="ProcessExecutor"/> can be told.</summary>
public sealed record ProcessExecutorOptions : ExecutorOptions
{
    /// <summary>How many worker processes at most. Default: one for each core. They are started when work needs them.</summary>
    public int Workers
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Workers), value, "A pool needs at least 1 worker.");
    } = Environment.ProcessorCount;

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

    /// <summary>Hears each line a worker prints, from a thread of the executor; it must be quick and must not throw.
    /// Default: both streams go to this process's standard error.</summary>
    public Action<WorkerOutput>? OutputHandler { get; init; }

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
