namespace Simul;

/// <summary>What every executor can be told.</summary>
public abstract record ExecutorOptions
{
    /// <summary>The workers' common name; each adds its number. Default: the engine's name.</summary>
    public string? Name { get; init; }

    /// <summary>The clock that jobs see as <see cref="WorkContext.Clock"/> and that time limits count on. Default: the
    /// system's. With a <see cref="VirtualTimeProvider"/> every running job is a member of it: a job holds the clock while
    /// it works and frees it while it sleeps on it.</summary>
    public TimeProvider Clock
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Clock), "An executor needs a clock; TimeProvider.System is the usual one.");
    } = TimeProvider.System;

    /// <summary>Hears when items start and end. Default: nobody; then it costs nothing.</summary>
    public WorkObserver? Observer { get; init; }

    /// <summary>Runs once on each worker before its first item: in each thread, each worker process, on the loop. Default:
    /// nothing. When it fails, the executor takes no more work (<see cref="WorkerInitializationException"/>).</summary>
    public WorkerInitializer? Initializer { get; init; }

    /// <summary>How many items may wait for a worker; those that run do not count. Default: no limit.</summary>
    public int? QueueLimit
    {
        get;
        init => field = value is null or > 0 ? value : throw new ArgumentOutOfRangeException(nameof(QueueLimit), value, "The limit must be at least 1 item; leave it out for none.");
    }

    /// <summary>What happens to an item that finds the queue full. Default: <see cref="QueueFullMode.Wait"/>.</summary>
    public QueueFullMode WhenFull
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(WhenFull), value, "There is no such mode.");
    }
}
