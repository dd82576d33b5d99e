using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Simul.Diagnostics;

/// <summary>Writes the page: template, words and tables as HTML, timelines as data for the script.</summary>
/// <remarks>Everything that must be readable without a script or without eyes stands in the HTML itself.</remarks>
internal sealed class PageWriter(TextWriter writer, TimelineDocument document)
{
    public void Write() => PageTemplate.Visit(writer.Write, Fill);

    private void Fill(string slot)
    {
        switch (slot)
        {
            case "csp": writer.Write(PageTemplate.ContentSecurityPolicy); break;
            case "title": Text(document.Title); break;
            case "style": writer.Write(PageTemplate.Style); break;
            case "script": writer.Write(PageTemplate.Script); break;
            case "lead": Lead(); break;
            case "legend": Legend(); break;
            case "summary": Summary(); break;
            case "sections": Sections(); break;

            // The serializer's default encoder writes <, >, & and quotes as \u escapes: nothing can end the element early.
            case "data": writer.Write(JsonSerializer.Serialize(ReportEncoder.Encode(document), ReportJson.Default.ReportData)); break;
            default: throw new InvalidOperationException($"The page template has an unknown slot '{slot}'.");
        }
    }

    private void Lead()
    {
        foreach (string paragraph in (document.Lead ?? "").ReplaceLineEndings("\n").Split("\n\n", StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            Element("p class=\"lead\"", paragraph);
        }
    }

    private void Legend()
    {
        string[] words = document.Legend.Kinds;
        var seen = new HashSet<TimelineKind>(document.Sections.SelectMany(s => s.Timeline.Spans).Select(s => s.Kind));
        foreach (TimelineKind kind in Enum.GetValues<TimelineKind>().Where(seen.Contains))
        {
            writer.Write($"<li><i class=\"swatch k{(int)kind}\"></i>");
            Text(words[(int)kind]);
            writer.Write("</li>\n");
        }

        if (document.Sections.Any(s => HasPath(s.Timeline)))
        {
            writer.Write("<li><i class=\"swatch path\"></i>");
            Text(document.Legend.Path);
            writer.Write("</li>\n");
        }
    }

    private void Summary()
    {
        string[] labels = [.. document.Sections.SelectMany(s => s.Facts).Select(f => f.Label).Distinct(StringComparer.Ordinal)];
        TimeSpan longest = document.Sections.Select(s => s.Total).DefaultIfEmpty().Max();
        writer.Write("<thead><tr>");
        Element("th scope=\"col\"", document.SectionLabel);
        writer.Write("<th scope=\"col\" colspan=\"2\">");
        Text(document.DurationLabel);
        writer.Write("</th>");
        foreach (string label in labels)
        {
            Element("th scope=\"col\"", label);
        }

        writer.Write("</tr></thead>\n<tbody>\n");
        foreach ((int index, TimelineSection section) in document.Sections.Index())
        {
            writer.Write($"<tr><th scope=\"row\"><a href=\"#run-{index}\">");
            Text(section.Name);
            writer.Write("</a></th>");
            Element("td", TimeText.Format(section.Total, document.Clock));

            // A tenth of a percent is the least that can be seen.
            double share = longest > TimeSpan.Zero ? Math.Max(0.1, 100.0 * section.Total.Ticks / longest.Ticks) : 0;
            writer.Write(string.Create(CultureInfo.InvariantCulture,
                $"<td class=\"bar\"><svg aria-hidden=\"true\" width=\"100%\" height=\"10\"><rect width=\"{share:0.##}%\" height=\"10\"/></svg></td>"));
            foreach (string label in labels)
            {
                string value = section.Facts.Where(f => f.Label == label).Select(f => f.Value).FirstOrDefault() ?? "";
                Element("td", value);
            }

            writer.Write("</tr>\n");
        }

        writer.Write("</tbody>");
    }

    private void Sections()
    {
        foreach ((int index, TimelineSection section) in document.Sections.Index())
        {
            writer.Write($"<section class=\"run\" id=\"run-{index}\" aria-labelledby=\"name-{index}\">\n<header>\n<h2 id=\"name-{index}\">");
            Text(section.Name);
            writer.Write("</h2>\n");
            Element("p class=\"what\"", section.Description ?? "");
            Element("p class=\"total\"", TimeText.Format(section.Total, document.Clock));
            writer.Write("</header>\n");
            if (section.Timeline.Dropped > 0)
            {
                Element("p class=\"dropped\"", string.Create(CultureInfo.InvariantCulture,
                    $"The recorder was full: {section.Timeline.Dropped:N0} later spans are not shown. Give it a higher MaxSpans."));
            }

            writer.Write($"<div class=\"chart\" data-run=\"{index}\"></div>\n");
            LaneTable(section);
            writer.Write("</section>\n");
        }
    }

    private void LaneTable(TimelineSection section)
    {
        string[] words = document.Legend.Kinds;
        TimelineKind[] kinds = [.. section.Timeline.Spans.Select(s => s.Kind).Distinct().Order()];
        ILookup<string, TimelineSpan> spans = section.Timeline.Spans.ToLookup(s => s.Lane, StringComparer.Ordinal);
        writer.Write("<details><summary>The same as a table</summary>\n<div class=\"scroll\" tabindex=\"0\"><table>\n<thead><tr>");
        foreach (string head in (string[])["lane", "spans", "first", "last end", .. kinds.Select(k => words[(int)k])])
        {
            Element("th scope=\"col\"", head);
        }

        writer.Write("</tr></thead>\n<tbody>\n");
        foreach (string lane in section.Timeline.Lanes)
        {
            TimelineSpan[] mine = [.. spans[lane]];
            writer.Write("<tr>");
            Element("th scope=\"row\"", lane);
            Element("td", mine.Length.ToString("N0", CultureInfo.InvariantCulture));
            Element("td", mine.Length == 0 ? "" : TimeText.Format(mine[0].Start, document.Clock));
            Element("td", mine.Length == 0 ? "" : TimeText.Format(mine.Max(s => s.End), document.Clock));
            foreach (TimelineKind kind in kinds)
            {
                long ticks = mine.Where(s => s.Kind == kind).Sum(s => s.Duration.Ticks);
                Element("td", TimeText.Format(TimeSpan.FromTicks(ticks), document.Clock));
            }

            writer.Write("</tr>\n");
        }

        writer.Write("</tbody>\n</table></div></details>\n");
    }

    private static bool HasPath(Timeline timeline)
    {
        var home = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (TimelineSpan span in timeline.Spans)
        {
            if (span.Actor is not null && !home.TryAdd(span.Actor, span.Lane) && home[span.Actor] != span.Lane)
            {
                return true;
            }
        }

        return false;
    }

    private void Element(string open, string text)
    {
        writer.Write($"<{open}>");
        Text(text);
        int space = open.IndexOf(' ');
        writer.Write($"</{(space < 0 ? open : open[..space])}>");
    }

    private void Text(string text) => writer.Write(WebUtility.HtmlEncode(text));
}
