namespace Simul.Diagnostics.Tests.Samples;

/// <summary>A document whose every text tries to become code.</summary>
internal static class Hostile
{
    public const string Text = "</script></title></style><img src=x onerror=\"document.documentElement.dataset.pwned=1\">{{data}}<!--<script>&'\u2028\0\ud800";

    public static TimelineDocument Document() => new()
    {
        Title = Text,
        Lead = Text,
        SectionLabel = Text,
        DurationLabel = Text,
        Legend = new() { Busy = Text, Waiting = Text, Failed = Text, Cancelled = Text, Unfinished = Text, Path = Text },
        Sections =
        [
            new()
            {
                Name = Text,
                Description = Text,
                Facts = [new(Text, Text)],
                Markers = [new(TimeSpan.FromSeconds(1), Text)],
                Timeline = new Timeline([.. Enum.GetValues<TimelineKind>().Select(Span)], dropped: 3, lanes: [Text, "b"]),
            },
        ],
    };

    private static TimelineSpan Span(TimelineKind kind) => new(Text, Text, TimeSpan.FromSeconds((int)kind), TimeSpan.FromSeconds((int)kind + 1), kind, Text);
}
