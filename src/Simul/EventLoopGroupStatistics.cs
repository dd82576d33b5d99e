namespace Simul;

/// <summary>A group's counters at one moment. The loops run meanwhile, so they need not belong together exactly.</summary>
/// <param name="Loops">The load of each loop.</param>
/// <param name="TotalSubmitted">Coroutines handed to the group.</param>
/// <param name="TotalTakenOver">Those that an idle loop began in the place of the loop they had been given to.</param>
public sealed record EventLoopGroupStatistics(IReadOnlyList<EventLoopLoad> Loops, long TotalSubmitted, long TotalTakenOver);
