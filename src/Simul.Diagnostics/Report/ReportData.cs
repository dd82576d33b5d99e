using System.Text.Json.Serialization;

namespace Simul.Diagnostics;

/// <summary>What the page's script reads: the document's timelines with times as whole numbers of <see cref="Unit"/>.</summary>
internal sealed record ReportData
{
    /// <summary>Seconds in one unit.</summary>
    public required double Unit { get; init; }

    /// <summary><c>exhibition</c> or <c>wall</c>.</summary>
    public required string Clock { get; init; }

    /// <summary>Units to show at first; 0 means everything.</summary>
    public required long Opening { get; init; }

    /// <summary>The words for the kinds, by their number.</summary>
    public required string[] Kinds { get; init; }

    public required RunData[] Runs { get; init; }
}

/// <summary>One section.</summary>
internal sealed record RunData
{
    public required string Name { get; init; }

    public required long Total { get; init; }

    /// <summary>Names and actors, each once; spans name them by number.</summary>
    public required string[] Words { get; init; }

    public required LaneData[] Lanes { get; init; }

    public required MarkerData[] Markers { get; init; }
}

/// <summary>One lane: rows of spans that do not overlap.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Rows">Five numbers a span: units since the end of the span before, units it took, kind, name, actor
/// (-1: none). Differences instead of times keep the numbers, and so the file, small.</param>
internal sealed record LaneData(string Name, long[][] Rows);

internal sealed record MarkerData(long At, string Label);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ReportData))]
internal sealed partial class ReportJson : JsonSerializerContext;
