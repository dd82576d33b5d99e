using System.Text.Json;
using Simul.Diagnostics.Tests.Samples;

namespace Simul.Diagnostics.Tests;

public class TimelineReportTraceTests
{
    [Fact]
    public void WriteTrace_Exhibition_HasAProcessASectionAndAThreadALane()
    {
        JsonElement[] events = Events(Exhibition.Document());
        Assert.Equal(["sync", "loop", "threads", "threads, 4"], Names("process_name"));
        Assert.Equal(4 * 24, Names("thread_name").Length);
        Assert.Equal(4 * 24 * 60, events.Count(e => Phase(e) == "X"));

        string[] Names(string what) => [.. events.Where(e => e.GetProperty("name").GetString() == what).Select(e => e.GetProperty("args").GetProperty("name").GetString()!)];
    }

    [Fact]
    public void WriteTrace_FirstMove_IsInMicroseconds()
    {
        JsonElement move = Events(Exhibition.Document()).First(e => Phase(e) == "X");
        Assert.Equal("Move 1", move.GetProperty("name").GetString());
        Assert.Equal(0, move.GetProperty("ts").GetDecimal());
        Assert.Equal(5_000_000, move.GetProperty("dur").GetDecimal());
        Assert.Equal("the master", move.GetProperty("args").GetProperty("actor").GetString());
        Assert.Equal("the master moves", move.GetProperty("cat").GetString());
    }

    [Fact]
    public void WriteTrace_OverlappingSpans_StandOnSeveralThreads()
    {
        JsonElement[] events = Events(Comparison.Document(300));
        foreach (var thread in events.Where(e => Phase(e) == "X").GroupBy(e => (e.GetProperty("pid").GetInt32(), e.GetProperty("tid").GetInt32())))
        {
            decimal end = 0;
            foreach (JsonElement span in thread)
            {
                Assert.True(span.GetProperty("ts").GetDecimal() >= end);
                end = span.GetProperty("ts").GetDecimal() + span.GetProperty("dur").GetDecimal();
            }
        }
    }

    [Fact]
    public void WriteTrace_HostileTexts_AreJson() => Assert.NotEmpty(Events(Hostile.Document()));

    private static string Phase(JsonElement e) => e.GetProperty("ph").GetString()!;

    private static JsonElement[] Events(TimelineDocument document)
    {
        using var stream = new MemoryStream();
        TimelineReport.WriteTrace(stream, document);
        using JsonDocument json = JsonDocument.Parse(stream.ToArray());
        return [.. json.RootElement.GetProperty("traceEvents").EnumerateArray().Select(e => e.Clone())];
    }
}
