namespace Simul;

/// <summary>An <see cref="AsyncSemaphore"/> at one moment.</summary>
/// <param name="CurrentPermits">Permits that are free.</param>
/// <param name="CurrentWaiters">Tasks in line.</param>
public sealed record AsyncSemaphoreStatistics(int CurrentPermits, int CurrentWaiters);
