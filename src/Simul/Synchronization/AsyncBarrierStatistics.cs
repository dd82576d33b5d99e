namespace Simul;

/// <summary>An <see cref="AsyncBarrier"/> at one moment.</summary>
/// <param name="Participants">How many must come.</param>
/// <param name="CurrentWaiters">How many are there.</param>
/// <param name="CurrentPhase">Phases that have ended with everybody there.</param>
/// <param name="IsBroken">Whether it was aborted and not reset.</param>
public sealed record AsyncBarrierStatistics(int Participants, int CurrentWaiters, long CurrentPhase, bool IsBroken);
