namespace Simul;

/// <summary>A loop's greenlets at one moment.</summary>
/// <param name="CurrentGreenlets">Alive: running or parked.</param>
/// <param name="CurrentParked">Waiting.</param>
/// <param name="CurrentIdleStacks">Stacks kept for the next ones.</param>
/// <param name="TotalStarted">Greenlets started.</param>
/// <param name="TotalSwitches">How often a greenlet was given the baton.</param>
public sealed record GreenletStatistics(int CurrentGreenlets, int CurrentParked, int CurrentIdleStacks, long TotalStarted, long TotalSwitches);
