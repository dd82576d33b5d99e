namespace Simul;

/// <summary>An <see cref="AsyncCondition"/> at one moment.</summary>
/// <param name="CurrentWaiters">Tasks that wait to be notified. Who was notified stands in line for the lock.</param>
/// <param name="Lock">Its lock.</param>
public sealed record AsyncConditionStatistics(int CurrentWaiters, AsyncLockStatistics Lock);
