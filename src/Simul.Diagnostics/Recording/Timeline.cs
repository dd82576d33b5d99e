using System.Collections.Immutable;
using System.Diagnostics;

namespace Simul.Diagnostics;

/// <summary>What happened in one run: spans in lanes. Immutable.</summary>
/// <remarks>Ordering: spans stand by start, then lane, end, name, kind, actor, whatever order they were recorded in; so
/// the same spans give the same timeline and the same report, byte for byte. Lanes stand in natural order
/// (<c>board 2</c> before <c>board 10</c>) unless told otherwise.</remarks>
[DebuggerDisplay("{Spans.Length} spans in {Lanes.Length} lanes, {Dropped} dropped")]
public sealed class Timeline
{
    /// <summary>Makes a timeline of spans.</summary>
    /// <param name="spans">The spans, in any order. One whose end lies before its start is taken as empty.</param>
    /// <param name="dropped">How many more there were that are not among them.</param>
    /// <param name="lanes">Lanes in the order wanted, also empty ones; lanes met in the spans only follow after.</param>
    /// <exception cref="ArgumentOutOfRangeException"><paramref name="dropped"/> is negative.</exception>
    public Timeline(IEnumerable<TimelineSpan> spans, long dropped = 0, IEnumerable<string>? lanes = null)
    {
        ArgumentNullException.ThrowIfNull(spans);
        ArgumentOutOfRangeException.ThrowIfNegative(dropped);
        TimelineSpan[] sorted = [.. spans.Select(Whole)];
        Array.Sort(sorted, Compare);
        Spans = ImmutableArray.Create(sorted);
        Dropped = dropped;
        Lanes = OrderLanes(sorted, lanes);
        foreach (TimelineSpan span in sorted)
        {
            End = span.End > End ? span.End : End;
        }
    }

    /// <summary>A timeline in which nothing happened.</summary>
    public static Timeline Empty { get; } = new([]);

    /// <summary>The spans, by start.</summary>
    public ImmutableArray<TimelineSpan> Spans { get; }

    /// <summary>The lanes, from top to bottom.</summary>
    public ImmutableArray<string> Lanes { get; }

    /// <summary>How many spans are missing because the recorder was full.</summary>
    public long Dropped { get; }

    /// <summary>The end of the last span; zero when there is none.</summary>
    public TimeSpan End { get; }

    // A default struct has null names, and a foreign clock may run backwards: neither may break a report.
    private static TimelineSpan Whole(TimelineSpan span) => span with
    {
        Lane = span.Lane ?? "",
        Name = span.Name ?? "",
        End = span.End < span.Start ? span.Start : span.End,
    };

    private static ImmutableArray<string> OrderLanes(TimelineSpan[] spans, IEnumerable<string>? first)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        var lanes = new List<string>();
        foreach (string lane in first ?? [])
        {
            if (seen.Add(lane))
            {
                lanes.Add(lane);
            }
        }

        int given = lanes.Count;
        foreach (TimelineSpan span in spans)
        {
            if (seen.Add(span.Lane))
            {
                lanes.Add(span.Lane);
            }
        }

        lanes.Sort(given, lanes.Count - given, NaturalOrder.Instance);
        return [.. lanes];
    }

    private static int Compare(TimelineSpan a, TimelineSpan b)
    {
        int order = a.Start.CompareTo(b.Start);
        order = order != 0 ? order : string.CompareOrdinal(a.Lane, b.Lane);
        order = order != 0 ? order : a.End.CompareTo(b.End);
        order = order != 0 ? order : string.CompareOrdinal(a.Name, b.Name);
        order = order != 0 ? order : a.Kind.CompareTo(b.Kind);
        return order != 0 ? order : string.CompareOrdinal(a.Actor, b.Actor);
    }
}
