namespace Simul.Diagnostics;

/// <summary>A report's words for what its colours mean. Only what occurs in the report is shown.</summary>
public sealed record TimelineLegend
{
    /// <summary>For <see cref="TimelineKind.Busy"/>. Default: <c>at work</c>.</summary>
    public string Busy { get; init; } = "at work";

    /// <summary>For <see cref="TimelineKind.Waiting"/>. Default: <c>waiting</c>.</summary>
    public string Waiting { get; init; } = "waiting";

    /// <summary>For <see cref="TimelineKind.Failed"/>. Default: <c>failed</c>.</summary>
    public string Failed { get; init; } = "failed";

    /// <summary>For <see cref="TimelineKind.Cancelled"/>. Default: <c>cancelled</c>.</summary>
    public string Cancelled { get; init; } = "cancelled";

    /// <summary>For <see cref="TimelineKind.Unfinished"/>. Default: <c>not ended</c>.</summary>
    public string Unfinished { get; init; } = "not ended";

    /// <summary>For the line that follows an actor from lane to lane. Default: <c>who goes where</c>.</summary>
    public string Path { get; init; } = "who goes where";

    internal string[] Kinds => [Busy, Waiting, Failed, Cancelled, Unfinished];
}
