namespace Simul;

/// <summary>An executor's counters at one moment.</summary>
/// <param name="CurrentQueued">Items waiting for a worker.</param>
/// <param name="CurrentRunning">Items on a worker.</param>
/// <param name="TotalCompleted">Items that returned a result.</param>
/// <param name="TotalFailed">Items that threw, timed out, lost their worker or found no room, after their last attempt.</param>
/// <param name="TotalCancelled">Items given up.</param>
/// <param name="TotalWorkersStarted">Workers started, replacements included.</param>
public sealed record ExecutorStatistics(
    long CurrentQueued, long CurrentRunning, long TotalCompleted, long TotalFailed, long TotalCancelled, long TotalWorkersStarted)
{
    /// <summary>Attempts beyond the first (<see cref="WorkOptions.Retry"/>).</summary>
    public long TotalRetries { get; init; }

    /// <summary>Items that found the queue full and were refused; they count as failed, too.</summary>
    public long TotalRefused { get; init; }

    /// <summary>Items dropped from a full queue for others; they count as failed, too.</summary>
    public long TotalDropped { get; init; }
}
