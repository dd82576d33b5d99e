namespace Simul;

/// <summary>A <see cref="CapacityLimiter"/> at one moment.</summary>
/// <param name="Total">How many may use it at once.</param>
/// <param name="CurrentBorrowed">How many do; more than the total for a while after that was lowered.</param>
/// <param name="CurrentWaiters">Borrowers in line.</param>
/// <param name="Borrowers">Who has a lease.</param>
public sealed record CapacityLimiterStatistics(int Total, int CurrentBorrowed, int CurrentWaiters, IReadOnlyList<object> Borrowers);
