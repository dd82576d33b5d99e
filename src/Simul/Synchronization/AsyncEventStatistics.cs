namespace Simul;

/// <summary>An <see cref="AsyncEvent"/> at one moment.</summary>
/// <param name="IsSet">Whether a wait would end at once.</param>
/// <param name="CurrentWaiters">Tasks that wait.</param>
public sealed record AsyncEventStatistics(bool IsSet, int CurrentWaiters);
