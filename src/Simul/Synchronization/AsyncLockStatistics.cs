namespace Simul;

/// <summary>An <see cref="AsyncLock"/> at one moment.</summary>
/// <param name="IsHeld">Whether somebody holds it.</param>
/// <param name="Holder">The holding task's name; null when it is free.</param>
/// <param name="CurrentWaiters">Tasks in line.</param>
public sealed record AsyncLockStatistics(bool IsHeld, string? Holder, int CurrentWaiters);
