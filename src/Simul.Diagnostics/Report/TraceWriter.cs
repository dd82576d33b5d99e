using System.Text.Json;

namespace Simul.Diagnostics;

/// <summary>Writes the trace-event format of Chrome and Perfetto: a section is a process, a lane a thread.</summary>
/// <remarks>Complete events (<c>X</c>) of one thread must nest; a lane with overlapping spans therefore takes several
/// threads of the same name, as many as <see cref="RowLayout"/> found rows.</remarks>
internal static class TraceWriter
{
    public static void Write(Stream stream, TimelineDocument document)
    {
        using var json = new Utf8JsonWriter(stream);
        json.WriteStartObject();
        json.WriteString("displayTimeUnit", "ms");
        json.WriteStartArray("traceEvents");
        foreach ((int index, TimelineSection section) in document.Sections.Index())
        {
            Write(json, index + 1, section, document.Legend.Kinds);
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, int process, TimelineSection section, string[] kinds)
    {
        Name(json, "process_name", process, 0, section.Name, process);
        Timeline timeline = section.Timeline;
        List<List<int>>[] lanes = RowLayout.Arrange(timeline, int.MaxValue);
        int thread = 0;
        for (int lane = 0; lane < lanes.Length; lane++)
        {
            foreach (List<int> row in lanes[lane])
            {
                thread++;
                Name(json, "thread_name", process, thread, timeline.Lanes[lane], thread);
                foreach (int index in row)
                {
                    Write(json, process, thread, timeline.Spans[index], kinds);
                }
            }

            // A trace of many thousand spans is not gathered in memory.
            json.Flush();
        }

        foreach (TimelineMarker marker in section.Markers)
        {
            json.WriteStartObject();
            Head(json, "i", marker.Label, process, 0);
            json.WriteNumber("ts", Microseconds(marker.At));
            json.WriteString("s", "p");
            json.WriteEndObject();
        }
    }

    private static void Write(Utf8JsonWriter json, int process, int thread, in TimelineSpan span, string[] kinds)
    {
        json.WriteStartObject();
        Head(json, "X", span.Name, process, thread);
        json.WriteString("cat", kinds[(int)span.Kind]);
        json.WriteNumber("ts", Microseconds(span.Start));
        json.WriteNumber("dur", Microseconds(span.Duration));
        if (span.Actor is not null)
        {
            json.WriteStartObject("args");
            json.WriteString("actor", span.Actor);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }

    private static void Name(Utf8JsonWriter json, string what, int process, int thread, string name, int order)
    {
        json.WriteStartObject();
        Head(json, "M", what, process, thread);
        json.WriteStartObject("args");
        json.WriteString("name", name);
        json.WriteEndObject();
        json.WriteEndObject();

        // Without it viewers sort by name, and board 10 comes before board 2.
        json.WriteStartObject();
        Head(json, "M", what.Replace("_name", "_sort_index", StringComparison.Ordinal), process, thread);
        json.WriteStartObject("args");
        json.WriteNumber("sort_index", order);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void Head(Utf8JsonWriter json, string phase, string name, int process, int thread)
    {
        json.WriteString("ph", phase);
        json.WriteString("name", name);
        json.WriteNumber("pid", process);
        json.WriteNumber("tid", thread);
    }

    // The format counts in microseconds and allows fractions; a decimal keeps the tick exact.
    private static decimal Microseconds(TimeSpan time) => time.Ticks / 10m;
}
