using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Simul.Diagnostics.Tests.Samples;

namespace Simul.Diagnostics.Tests;

public partial class TimelineReportHtmlTests
{
    public static TheoryData<string> Names => ["exhibition", "comparison", "hostile", "empty"];

    [Theory]
    [MemberData(nameof(Names))]
    public void WriteHtml_AnyDocument_IsBalanced(string name)
    {
        // Scripts and styles hold no tags of ours; without them every element must close in order.
        string html = RawText().Replace(Html(Document(name)), "");
        var open = new Stack<string>();
        foreach (Match tag in Tag().Matches(html))
        {
            string element = tag.Groups["name"].Value;
            if (element is "meta" or "link" or "rect" or "input" || element == "!doctype")
            {
                continue;
            }

            if (tag.Groups["close"].Length == 0)
            {
                open.Push(element);
            }
            else
            {
                Assert.Equal(open.Pop(), element);
            }
        }

        Assert.Empty(open);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void WriteHtml_AnyDocument_NamesNothingOutside(string name)
    {
        string html = Html(Document(name));
        Assert.DoesNotMatch("(?i)https?:|//[a-z0-9.-]+\\.[a-z]{2,}/|@import|url\\(|fetch\\(|XMLHttpRequest|import\\s*\\(|innerHTML", html);
        Assert.All(Attribute().Matches(RawText().Replace(html, "")), link => Assert.Matches("^(#|data:,)", link.Groups["value"].Value));
    }

    [Fact]
    public void WriteHtml_SameDocument_SameBytes()
    {
        Assert.Equal(Html(Exhibition.Document()), Html(Exhibition.Document()));
        var text = new StringWriter();
        TimelineReport.WriteHtml(text, Exhibition.Document());
        Assert.Equal(Html(Exhibition.Document()), text.ToString());
    }

    [Fact]
    public void WriteHtml_ToStream_LeavesItOpenAndWritesNoMark()
    {
        using var stream = new MemoryStream();
        TimelineReport.WriteHtml(stream, Exhibition.Document());
        Assert.True(stream.CanWrite);
        Assert.Equal((byte)'<', stream.ToArray()[0]);
    }

    [Fact]
    public void WriteHtml_Data_ReadsBackAsTheTimeline()
    {
        TimelineDocument document = Exhibition.Document();
        using JsonDocument data = Data(Html(document));
        double unit = data.RootElement.GetProperty("unit").GetDouble();
        Assert.Equal(5, unit * 5);
        JsonElement[] runs = [.. data.RootElement.GetProperty("runs").EnumerateArray()];
        Assert.Equal(document.Sections.Count, runs.Length);
        for (int i = 0; i < runs.Length; i++)
        {
            Timeline timeline = document.Sections[i].Timeline;
            Assert.Equal(timeline.Spans.ToArray(), new Timeline(Decode(runs[i], unit)).Spans.ToArray());
            Assert.Equal(document.Sections[i].Duration, TimeSpan.FromSeconds(runs[i].GetProperty("total").GetInt64() * unit));
        }
    }

    [Fact]
    public void WriteHtml_MeasuredTimes_LosesNoTick()
    {
        Timeline timeline = Comparison.Spread(3, 500, 9);
        using JsonDocument data = Data(Html(new() { Title = "t", Sections = [new() { Name = "x", Timeline = timeline }] }));
        Assert.Equal(timeline.Spans.ToArray(), new Timeline(Decode(data.RootElement.GetProperty("runs")[0], data.RootElement.GetProperty("unit").GetDouble())).Spans.ToArray());
    }

    [Fact]
    public void WriteHtml_HostileTexts_StayTexts()
    {
        string html = Html(Hostile.Document());
        Assert.DoesNotContain("<img", html, StringComparison.OrdinalIgnoreCase);
        Assert.Equal(2, Regex.Count(html, "</script>"));
        Assert.Equal(1, Regex.Count(html, "</title>"));
        Assert.Equal(1, Regex.Count(html, "</style>"));
        using JsonDocument data = Data(html);
        Assert.StartsWith("</script></title>", data.RootElement.GetProperty("runs")[0].GetProperty("name").GetString());
    }

    [Fact]
    public void WriteHtml_Summary_ReadsWithoutScript()
    {
        string html = RawText().Replace(Html(Exhibition.Document()), "");
        foreach (string word in (string[])["12:00:00", "1:00:00", "1:00:55", "0:30:00", "12×", "720", "the opponent thinks", "board 24", "0:27:30"])
        {
            Assert.Contains(System.Net.WebUtility.HtmlEncode(word), html);
        }
    }

    [Fact]
    public void WriteHtml_SpansWereDropped_SaysHowMany() =>
        Assert.Contains("1,234 later spans", Html(new() { Title = "t", Sections = [new() { Name = "x", Timeline = new Timeline([], 1_234) }] }));

    [Fact]
    public void WriteHtml_FewKinds_LegendHasOnlyThose()
    {
        string html = RawText().Replace(Html(new() { Title = "t", Sections = [new() { Name = "x", Timeline = new([new("a", "n", TimeSpan.Zero, TimeSpan.FromSeconds(1))]) }] }), "");
        Assert.Contains("at work", html);
        Assert.DoesNotContain("cancelled", html);
        Assert.DoesNotContain("who goes where", html);
    }

    private static TimelineDocument Document(string name) => name switch
    {
        "exhibition" => Exhibition.Document(),
        "comparison" => Comparison.Document(),
        "hostile" => Hostile.Document(),
        _ => new() { Title = "", Sections = [new() { Name = "", Timeline = Timeline.Empty }] },
    };

    private static string Html(TimelineDocument document)
    {
        using var stream = new MemoryStream();
        TimelineReport.WriteHtml(stream, document);
        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static JsonDocument Data(string html) => JsonDocument.Parse(DataElement().Match(html).Groups["json"].Value);

    private static IEnumerable<TimelineSpan> Decode(JsonElement run, double unit)
    {
        string[] words = [.. run.GetProperty("words").EnumerateArray().Select(w => w.GetString()!)];
        foreach (JsonElement lane in run.GetProperty("lanes").EnumerateArray())
        {
            foreach (JsonElement row in lane.GetProperty("rows").EnumerateArray())
            {
                long at = 0;
                foreach (long[] span in row.EnumerateArray().Select(n => n.GetInt64()).Chunk(5))
                {
                    long start = at + span[0];
                    at = start + span[1];
                    yield return new(lane.GetProperty("name").GetString()!, words[span[3]], Time(start), Time(at), (TimelineKind)span[2], span[4] < 0 ? null : words[span[4]]);
                }
            }
        }

        TimeSpan Time(long units) => TimeSpan.FromTicks((long)Math.Round(units * unit * TimeSpan.TicksPerSecond));
    }

    [GeneratedRegex("(?s)(?<=<(script|style)[^>]*>).*?(?=</(script|style)>)")]
    private static partial Regex RawText();

    [GeneratedRegex("<(?<close>/?)(?<name>[a-z0-9!]+)[^>]*>")]
    private static partial Regex Tag();

    [GeneratedRegex("(?<= (href|src)=\")(?<value>[^\"]*)")]
    private static partial Regex Attribute();

    [GeneratedRegex("(?s)id=\"data\">(?<json>.*?)</script>")]
    private static partial Regex DataElement();
}
