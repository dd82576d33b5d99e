using Simul.Diagnostics.Tests.Samples;

namespace Simul.Diagnostics.Tests;

public class SampleReportTests
{
    [Fact]
    public void Write_Exhibition_IsSmallEnoughToSend() =>
        Assert.InRange(new FileInfo(SampleReports.Write("exhibition.html", Exhibition.Document())).Length, 10_000, 300_000);

    [Fact]
    public void Write_ExhibitionWhole_IsSmallEnoughToSend() =>
        Assert.InRange(new FileInfo(SampleReports.Write("whole.html", Exhibition.Document() with { Opening = null })).Length, 10_000, 300_000);

    [Fact]
    public void Write_Comparison_IsSmallEnoughToSend() =>
        Assert.InRange(new FileInfo(SampleReports.Write("comparison.html", Comparison.Document())).Length, 10_000, 800_000);

    [Fact]
    public void Write_HundredThousandSpans_IsSmallEnoughToOpen()
    {
        TimelineDocument document = new() { Title = "Many", Clock = TimelineClock.Wall, Sections = [new() { Name = "many", Timeline = Comparison.Spread(16, 100_000, 4) }] };
        Assert.InRange(new FileInfo(SampleReports.Write("many.html", document)).Length, 100_000, 12_000_000);
    }
}
