namespace Simul.Diagnostics;

/// <summary>What a <see cref="TimelineRecorder"/> can be told.</summary>
public sealed record TimelineRecorderOptions
{
    /// <summary>How many spans are kept, unfinished ones included; what comes after is counted and dropped, so that a
    /// long run keeps its beginning and its memory stays bounded (about 64 bytes a span beside the names).
    /// Default: 100,000 spans.</summary>
    public int MaxSpans { get; init; } = 100_000;

    /// <summary>How many steps of loops are kept (<see cref="EventLoopOptions.Observer"/>), the latest: 8 bytes each, and the
    /// tasks they belong to. Default: 65,536, which is a few milliseconds of a loop at its fastest and a day of an idle one.</summary>
    public int MaxSteps { get; init; } = 65_536;

    /// <summary>Says what a span that a program marked by <see cref="WorkObserver.Span"/> was, from its lane and name.
    /// Called from the program's threads; must be quick and must not throw. Default: all are
    /// <see cref="TimelineKind.Busy"/>.</summary>
    public Func<string, string, TimelineKind>? Classify { get; init; }
}
