namespace Simul;

/// <summary>An executor's counters at one moment.</summary>
/// <param name="CurrentQueued">Items waiting for a worker.</param>
/// <param name="CurrentRunning">Items on a worker.</param>
/// <param name="TotalCompleted">Items that returned a result.</param>
/// <param name="TotalFailed">Items that threw, timed out or lost their worker.</param>
/// <param name="TotalCancelled">Items given up.</param>
/// <param name="TotalWorkersStarted">Workers started, replacements included.</param>
public sealed record ExecutorStatistics(
    long CurrentQueued, long CurrentRunning, long TotalCompleted, long TotalFailed, long TotalCancelled, long TotalWorkersStarted);
