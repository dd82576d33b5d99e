namespace Simul;

/// <summary>An <see cref="AsyncEvent"/> at one moment.</summary>
/// <param name="IsSet">Whether the next to wait would pass.</param>
/// <param name="CurrentWaiters">Tasks that wait for it.</param>
public sealed record AsyncEventStatistics(bool IsSet, int CurrentWaiters);
