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
}
