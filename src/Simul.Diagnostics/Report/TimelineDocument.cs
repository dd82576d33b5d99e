namespace Simul.Diagnostics;

/// <summary>What a report shows: a title, and one section a run.</summary>
/// <remarks>Every text in it is written as text; markup in a name shows as it is and does nothing.</remarks>
public sealed record TimelineDocument
{
    /// <summary>The heading: <c>24 boards, 30 moves each</c>.</summary>
    public required string Title { get; init; }

    /// <summary>What the reader sees here, in a sentence or two; an empty line begins a new paragraph. Default: none.</summary>
    public string? Lead { get; init; }

    /// <summary>The runs, from top to bottom.</summary>
    public required IReadOnlyList<TimelineSection> Sections { get; init; }

    /// <summary>How times are written. Default: <see cref="TimelineClock.Exhibition"/>.</summary>
    public TimelineClock Clock { get; init; }

    /// <summary>The words for the colours.</summary>
    public TimelineLegend Legend { get; init; } = new();

    /// <summary>The summary's first column. Default: <c>engine</c>.</summary>
    public string SectionLabel { get; init; } = "engine";

    /// <summary>The summary's time column. Default: <c>duration</c>.</summary>
    public string DurationLabel { get; init; } = "duration";

    /// <summary>How much of the beginning the timelines show at first; a small map above each shows the whole anyway.
    /// Default: everything.</summary>
    public TimeSpan? Opening { get; init; }
}
