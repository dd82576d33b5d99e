using System.Text;

namespace Simul.Diagnostics;

/// <summary>Writes timelines for people: a page to look at, a trace to open in Perfetto.</summary>
/// <remarks>The same document gives the same bytes, on every machine. Thread safety: all members may be called from any
/// thread.</remarks>
/// <example><code>
/// var document = new TimelineDocument
/// {
///     Title = "24 boards, 30 moves each",
///     Sections = [new() { Name = "loop", Timeline = recorder.Snapshot() }],
/// };
/// using var file = File.Create("report.html");
/// TimelineReport.WriteHtml(file, document);
/// </code></example>
public static class TimelineReport
{
    /// <summary>Writes one HTML page that needs nothing beside it: no network, no fonts, no other files.</summary>
    /// <param name="writer">Gets the page. Its encoding must be UTF-8, which the page declares.</param>
    /// <param name="document">What to show.</param>
    public static void WriteHtml(TextWriter writer, TimelineDocument document)
    {
        ArgumentNullException.ThrowIfNull(writer);
        ArgumentNullException.ThrowIfNull(document);
        new PageWriter(writer, document).Write();
    }

    /// <summary>Writes one HTML page that needs nothing beside it, in UTF-8.</summary>
    /// <param name="stream">Gets the page; stays open.</param>
    /// <param name="document">What to show.</param>
    public static void WriteHtml(Stream stream, TimelineDocument document)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var writer = new StreamWriter(stream, new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), leaveOpen: true);
        WriteHtml(writer, document);
    }

    /// <summary>Writes a trace in the JSON format that <c>ui.perfetto.dev</c> and <c>chrome://tracing</c> open.</summary>
    /// <param name="stream">Gets the trace, in UTF-8; stays open.</param>
    /// <param name="document">What to show: a section becomes a process, a lane a thread.</param>
    public static void WriteTrace(Stream stream, TimelineDocument document)
    {
        ArgumentNullException.ThrowIfNull(stream);
        ArgumentNullException.ThrowIfNull(document);
        TraceWriter.Write(stream, document);
    }

    /// <summary>Writes a time as the reports do, for facts and texts of one's own.</summary>
    /// <param name="time">The time.</param>
    /// <param name="clock">How.</param>
    /// <returns>For instance <c>1:00:55</c> or <c>12.5 ms</c>.</returns>
    public static string FormatTime(TimeSpan time, TimelineClock clock = TimelineClock.Exhibition) => TimeText.Format(time, clock);
}
