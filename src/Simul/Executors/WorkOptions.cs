namespace Simul;

/// <summary>What may be said about one work item.</summary>
public sealed record WorkOptions
{
    internal static WorkOptions Default { get; } = new();

    /// <summary>The name shown in reports. Default: the method's name.</summary>
    public string? Name { get; init; }

    /// <summary>How long the item may run, from the moment a worker takes it. Default: no limit. At its end the item fails
    /// with <see cref="TimeoutException"/>; its token is cancelled, and where the engine can, the worker is killed.</summary>
    public TimeSpan? Timeout
    {
        get;
        init => field = value is null || value > TimeSpan.Zero
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Timeout), value, "A time limit must be above zero; leave it out for none.");
    }

    /// <summary>Which of the items that wait for a worker comes first: the one with the highest number, and among equals the
    /// one submitted first. Default: 0. What runs already is not interrupted.</summary>
    public int Priority { get; init; }

    /// <summary>Whether the item is tried again when it failed. Default: no; then no item runs twice.</summary>
    public RetryPolicy? Retry { get; init; }
}
