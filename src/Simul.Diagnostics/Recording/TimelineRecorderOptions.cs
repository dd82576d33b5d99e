namespace Simul.Diagnostics;

/// <summary>What a <see cref="TimelineRecorder"/> can be told.</summary>
public sealed record TimelineRecorderOptions
{
    /// <summary>How many spans are kept, unfinished ones included; what comes after is counted and dropped, so that a
    /// long run keeps its beginning and its memory stays bounded (about 64 bytes a span beside the names).
    /// Default: 100,000 spans.</summary>
    public int MaxSpans { get; init; } = 100_000;

    /// <summary>Says what a span that a program marked by <see cref="WorkObserver.Span"/> was, from its lane and name.
    /// Called from the program's threads; must be quick and must not throw. Default: all are
    /// <see cref="TimelineKind.Busy"/>.</summary>
    public Func<string, string, TimelineKind>? Classify { get; init; }
}
