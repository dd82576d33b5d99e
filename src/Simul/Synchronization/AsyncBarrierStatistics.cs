namespace Simul;

/// <summary>An <see cref="AsyncBarrier"/> at one moment.</summary>
/// <param name="Participants">How many have to come.</param>
/// <param name="CurrentWaiters">How many are there.</param>
/// <param name="CurrentPhase">How often all have come so far.</param>
/// <param name="IsBroken">Whether it was aborted and not reset since.</param>
public sealed record AsyncBarrierStatistics(int Participants, int CurrentWaiters, long CurrentPhase, bool IsBroken);
