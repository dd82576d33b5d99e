namespace Simul.Diagnostics;

/// <summary>One stretch of one lane.</summary>
/// <param name="Lane">The row it belongs to: a worker, a board.</param>
/// <param name="Name">What it is: an item, a move.</param>
/// <param name="Start">Its start, counted from the start of the run.</param>
/// <param name="End">Its end; never before <paramref name="Start"/>.</param>
/// <param name="Kind">What it was.</param>
/// <param name="Actor">Who did it, where that is not the lane itself: the master who came to this board. An actor who
/// is seen in several lanes gets a path from one to the next.</param>
public readonly record struct TimelineSpan(
    string Lane, string Name, TimeSpan Start, TimeSpan End, TimelineKind Kind = TimelineKind.Busy, string? Actor = null)
{
    /// <summary>How long it took.</summary>
    public TimeSpan Duration => End - Start;
}
