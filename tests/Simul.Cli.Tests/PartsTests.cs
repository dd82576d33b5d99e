using System.Text;

namespace Simul.Cli.Tests;

// Small parts that are easier to try without a process.
public sealed class PartsTests
{
    [Theory]
    [InlineData("ches", "chess")]
    [InlineData("dcotor", "doctor")]
    [InlineData("comp", "compare")]
    [InlineData("xyzzy", null)]
    [InlineData("", null)]
    public void DidYouMean_Words_NearOnesOnly(string word, string? expected) =>
        Assert.Equal(expected, DidYouMean.Find(word, ["chess", "doctor", "compare", "run", "map"]));

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(1000)]
    public void LineSplitter_AnyChunks_SameLines(int chunk)
    {
        byte[] data = Encoding.UTF8.GetBytes("one\n\ntwo\nthree");
        var lines = new List<string>();
        var splitter = new LineSplitter();
        void Collect(ReadOnlySpan<byte> line) => lines.Add(Encoding.UTF8.GetString(line));
        for (int at = 0; at < data.Length; at += chunk) splitter.Add(data.AsSpan(at, Math.Min(chunk, data.Length - at)), Collect);
        splitter.Finish(Collect);
        Assert.Equal(["one", "", "two", "three"], lines);
    }

    [Fact]
    public void Progress_NoTerminal_PlainLinesAndTheLastAlways()
    {
        var clock = new VirtualTimeProvider();
        using var member = clock.Join("test");
        var text = new StringWriter();
        using (var progress = new ProgressReporter(10, "items", live: false, clock, text))
        {
            progress.Report(1);
            member.Sleep(TimeSpan.FromSeconds(5));
            progress.Report(5, failed: 1);
            progress.Report(10);
        }
        Assert.Equal($"5/10 items, 1 failed, 1/s, 5 s left{text.NewLine}10/10 items, 2/s{text.NewLine}", text.ToString());
    }

    [Fact]
    public void Progress_Terminal_BarIsGoneAtTheEnd()
    {
        var clock = new VirtualTimeProvider();
        using var member = clock.Join("test");
        var text = new StringWriter();
        using (var progress = new ProgressReporter(4, "items", live: true, clock, text))
        {
            member.Sleep(TimeSpan.FromSeconds(1));
            progress.Report(2);
        }
        Assert.Contains("[###############...............] 2/4 items, 2/s, 1 s left", text.ToString());
        Assert.EndsWith("\r\x1b[K", text.ToString());
    }
}
