namespace Simul;

/// <summary>A <see cref="CapacityLimiter"/> at one moment.</summary>
/// <param name="Total">How many may borrow at once.</param>
/// <param name="CurrentBorrowed">How many do.</param>
/// <param name="Borrowers">Who they are.</param>
/// <param name="CurrentWaiters">How many stand in line.</param>
public sealed record CapacityLimiterStatistics(int Total, int CurrentBorrowed, IReadOnlyList<string> Borrowers, int CurrentWaiters);
