namespace Simul.Diagnostics.Tests;

public class TimelineTests
{
    [Fact]
    public void Lanes_WithNumbers_StandInNaturalOrder()
    {
        var timeline = new Timeline(new[] { "board 10", "board 2", "board 1", "annex" }.Select(Span));
        Assert.Equal(["annex", "board 1", "board 2", "board 10"], timeline.Lanes.ToArray());
    }

    [Fact]
    public void Lanes_Given_StandFirstAlsoWhenEmpty()
    {
        var timeline = new Timeline([Span("b"), Span("a")], lanes: ["empty", "b"]);
        Assert.Equal(["empty", "b", "a"], timeline.Lanes.ToArray());
    }

    [Fact]
    public void Spans_InAnyOrder_StandAlike()
    {
        TimelineSpan[] spans = [.. Enumerable.Range(0, 200).Select(i => new TimelineSpan($"l{i % 7}", $"n{i % 11}", TimeSpan.FromSeconds(i % 13), TimeSpan.FromSeconds(20)))];
        TimelineSpan[] shuffled = [.. spans];
        new Random(5).Shuffle(shuffled);
        Assert.Equal(new Timeline(spans).Spans.ToArray(), new Timeline(shuffled).Spans.ToArray());
    }

    [Fact]
    public void End_OfNothing_IsZero() => Assert.Equal(TimeSpan.Zero, Timeline.Empty.End);

    [Theory]
    [InlineData("a2", "a10", -1)]
    [InlineData("a10", "a10", 0)]
    [InlineData("a01", "a1", -1)]
    [InlineData("a", "a1", -1)]
    [InlineData("b1", "a2", 1)]
    [InlineData("x99999999999999999999", "x100000000000000000000", -1)]
    public void NaturalOrder_Compare_IsAsPeopleCount(string left, string right, int expected)
    {
        Assert.Equal(expected, Math.Sign(NaturalOrder.Instance.Compare(left, right)));
        Assert.Equal(-expected, Math.Sign(NaturalOrder.Instance.Compare(right, left)));
    }

    [Fact]
    public void RowLayout_OverlappingSpans_NeverShareARow()
    {
        var random = new Random(11);
        var timeline = new Timeline(Enumerable.Range(0, 500).Select(_ =>
        {
            var start = TimeSpan.FromTicks(random.Next(1_000));
            return new TimelineSpan($"l{random.Next(3)}", "x", start, start + TimeSpan.FromTicks(random.Next(100)));
        }));
        List<List<int>>[] lanes = RowLayout.Arrange(timeline, int.MaxValue);
        Assert.Equal(500, lanes.Sum(rows => rows.Sum(row => row.Count)));
        foreach (List<int> row in lanes.SelectMany(rows => rows))
        {
            Assert.All(row.Zip(row.Skip(1)), pair => Assert.True(timeline.Spans[pair.First].End <= timeline.Spans[pair.Second].Start));
        }
    }

    [Fact]
    public void RowLayout_MoreThanTheMostRows_SharesButLosesNothing()
    {
        var timeline = new Timeline(Enumerable.Range(0, 1_000).Select(i => new TimelineSpan("loop", "x", TimeSpan.FromTicks(i), TimeSpan.FromSeconds(1))));
        List<List<int>> rows = Assert.Single(RowLayout.Arrange(timeline));
        Assert.Equal(RowLayout.MaxRows, rows.Count);
        Assert.Equal(Enumerable.Range(0, 1_000), rows.SelectMany(r => r).Order());
    }

    [Theory]
    [InlineData("12:00:00", TimelineClock.Exhibition, "12:00:00")]
    [InlineData("1.01:00:55", TimelineClock.Exhibition, "25:00:55")]
    [InlineData("0:00:05.5", TimelineClock.Exhibition, "0:00:05.5")]
    [InlineData("0:00:00.9999", TimelineClock.Exhibition, "0:00:00.999")]
    [InlineData("0:00:01.25", TimelineClock.Wall, "1.25 s")]
    [InlineData("0:00:00.0125", TimelineClock.Wall, "12.5 ms")]
    [InlineData("0:00:00.00004", TimelineClock.Wall, "40.0 µs")]
    [InlineData("0:02:03.4", TimelineClock.Wall, "0:02:03")]
    [InlineData("0", TimelineClock.Wall, "0 s")]
    [InlineData("-0:00:05", TimelineClock.Exhibition, "−0:00:05")]
    public void FormatTime_OnAClock_ReadsAsPeopleWrite(string time, TimelineClock clock, string expected) =>
        Assert.Equal(expected, TimelineReport.FormatTime(TimeSpan.Parse(time, System.Globalization.CultureInfo.InvariantCulture), clock));

    private static TimelineSpan Span(string lane) => new(lane, "x", TimeSpan.Zero, TimeSpan.FromSeconds(1));
}
