namespace Simul.Diagnostics;

/// <summary>One run in a report, for instance one engine's: a row of the summary and a timeline.</summary>
public sealed record TimelineSection
{
    /// <summary>Its title and its row's head: <c>loop</c>.</summary>
    public required string Name { get; init; }

    /// <summary>What happened, in half a sentence: <c>table to table</c>. Default: none.</summary>
    public string? Description { get; init; }

    /// <summary>What was recorded.</summary>
    public required Timeline Timeline { get; init; }

    /// <summary>How long the run took; the summary's bar. Default: up to the end of the last span.</summary>
    public TimeSpan? Duration { get; init; }

    /// <summary>Further cells of the summary: workers, moves, speed-up. Default: none.</summary>
    public IReadOnlyList<TimelineFact> Facts { get; init; } = [];

    /// <summary>Moments worth a line. Default: none.</summary>
    public IReadOnlyList<TimelineMarker> Markers { get; init; } = [];

    internal TimeSpan Total => Duration ?? Timeline.End;
}
