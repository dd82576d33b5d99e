using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Simul.Diagnostics.Tests.Samples;

namespace Simul.Diagnostics.Tests;

public class TimelineReportBrowserTests
{
    [BrowserFact]
    public void Page_AsWritten_RunsUnderItsOwnPolicy()
    {
        string dom = Browser.Open(Html(Exhibition.Document()));
        Assert.Contains("data-ready=\"4\"", dom);
        Assert.Equal(4, Regex.Count(dom, "<canvas"));
    }

    [BrowserFact]
    public void Page_HostileTexts_RunNothing()
    {
        // Without the policy, so that only the escaping stands between the names and the page; every span is visited, so
        // that tooltips and what is read out are tried too.
        string dom = Browser.Open(Browser.WithScript(Html(Hostile.Document()), """
            const chart = document.querySelector(".chart");
            chart.focus();
            for (let i = 0; i < 8; i++) chart.dispatchEvent(new KeyboardEvent("keydown", { key: "ArrowRight", shiftKey: true }));
            """));
        Assert.Contains("data-ready=\"1\"", dom);
        Assert.DoesNotContain("data-pwned", dom);
        Assert.DoesNotContain("data-error", dom);
        Assert.DoesNotContain("<img", dom);
    }

    [BrowserFact]
    public void Page_EmptyAndManySpans_DrawWithoutError()
    {
        TimelineDocument document = new()
        {
            Title = "edge cases",
            Clock = TimelineClock.Wall,
            Sections =
            [
                new() { Name = "empty", Timeline = Timeline.Empty },
                new() { Name = "instant", Timeline = new([new("a", "x", TimeSpan.Zero, TimeSpan.Zero)]) },
                new() { Name = "many", Timeline = Comparison.Spread(200, 20_000, 3) },
            ],
        };
        string dom = Browser.Open(Browser.WithScript(Html(document), ""), width: 400);
        Assert.Contains("data-ready=\"3\"", dom);
        Assert.DoesNotContain("data-error", dom);
    }

    [BrowserFact]
    public void Page_KeysPointerAndTools_MoveAndReadOut()
    {
        string dom = Browser.Open(Browser.WithScript(Html(Exhibition.Document()), """
            const chart = document.querySelectorAll(".chart")[1], status = document.querySelector("[role=status]"), said = [];
            const key = (key, shiftKey = false) => { chart.dispatchEvent(new KeyboardEvent("keydown", { key, shiftKey })); said.push(status.textContent); };
            chart.focus();
            key("ArrowRight", true);
            key("ArrowDown", true);
            key("ArrowRight", true);
            key("ArrowUp", true);
            for (const plain of ["+", "-", "0", "Home", "End", "PageUp", "ArrowLeft", "Escape"]) key(plain);
            const frame = chart.getBoundingClientRect(), at = (type, x, more = {}) =>
              chart.dispatchEvent(new PointerEvent(type, { clientX: frame.left + x, clientY: frame.top + 60, pointerId: 1, ...more }));
            chart.setPointerCapture = () => {};
            at("pointerdown", 300); at("pointermove", 200); at("pointerup", 200);
            at("pointerdown", 300); at("pointerdown", 400, { pointerId: 2 }); at("pointermove", 500, { pointerId: 2 });
            at("pointerup", 300); at("pointerup", 500, { pointerId: 2 });
            chart.dispatchEvent(new WheelEvent("wheel", { deltaY: 100, ctrlKey: true, clientX: frame.left + 300, cancelable: true }));
            for (const name of ["in", "out", "fit", "opening", "shared", "in", "fit", "shared", "path"]) document.querySelector(`[data-do=${name}]`).click();
            document.body.dataset.said = JSON.stringify(said);
            """));
        Assert.DoesNotContain("data-error", dom);
        string[] said = JsonSerializer.Deserialize<string[]>(WebUtility.HtmlDecode(Regex.Match(dom, "data-said=\"([^\"]*)\"").Groups[1].Value))!;
        Assert.Equal("Move 1, board 1 · the master, 0:00:00 – 0:00:05, 0:00:05 the master moves", said[0]);
        Assert.Equal("Move 1, board 2 · the master, 0:00:05 – 0:00:10, 0:00:05 the master moves", said[1]);
        Assert.Equal("Reply 1, board 2, 0:00:10 – 0:01:05, 0:00:55 the opponent thinks", said[2]);
        Assert.StartsWith("Reply 1, board 1,", said[3]);
    }

    [BrowserFact]
    public void Script_Times_AreWrittenAsTheLibraryWritesThem()
    {
        double[] seconds = [0, 1, 59.5, 60, 3_600, 43_200, 90_061, 0.001, 0.0125, 0.25, 0.00004, 0.5, 1.25, 12.34, 125];
        string script = PageTemplate.Script[..PageTemplate.Script.IndexOf("// The data element", StringComparison.Ordinal)];
        string numbers = JsonSerializer.Serialize(seconds);
        string dom = Browser.Open($$"""
            <!doctype html><meta charset="utf-8"><script>{{script}}
            document.title = "x";
            const texts = ["exhibition", "wall"].flatMap(clock => {{numbers}}.map(s => formatTime(s, clock)));
            // Marks must be apart, and one step must not be far more than asked for.
            const steps = [1e-7, 1e-4, 0.003, 0.02, 0.7, 3, 36, 400].map(s => tickStep(s, 80) / (s * 80));
            document.documentElement.dataset.texts = JSON.stringify(texts);
            document.documentElement.dataset.steps = JSON.stringify(steps);
            </script>
            """);
        string[] expected = [.. new[] { TimelineClock.Exhibition, TimelineClock.Wall }.SelectMany(c => seconds.Select(s => TimelineReport.FormatTime(TimeSpan.FromSeconds(s), c)))];
        Assert.Equal(expected, JsonSerializer.Deserialize<string[]>(WebUtility.HtmlDecode(Regex.Match(dom, "data-texts=\"([^\"]*)\"").Groups[1].Value)));
        double[] steps = JsonSerializer.Deserialize<double[]>(Regex.Match(dom, "data-steps=\"([^\"]*)\"").Groups[1].Value)!;
        Assert.All(steps, step => Assert.InRange(step, 0.999, 3));
        Assert.Equal(8, steps.Length);
    }

    private static string Html(TimelineDocument document)
    {
        var text = new StringWriter(CultureInfo.InvariantCulture);
        TimelineReport.WriteHtml(text, document);
        return text.ToString();
    }
}
