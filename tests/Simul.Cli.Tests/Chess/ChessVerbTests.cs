using System.Text.Json;
using System.Text.RegularExpressions;

namespace Simul.Cli.Tests;

// `simul chess` as users and programs meet it: as a process.
public sealed partial class ChessVerbTests
{
    private static readonly string[] s_small = ["chess", "--boards", "3", "--pairs", "2", "--workers", "2"];

    [Fact]
    public void Chess_Json_HasTheDocumentedShapeAndTimes()
    {
        var result = Tool.Run([.. s_small, "--json"]);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        Assert.Single(result.OutLines);
        Assert.Equal(["boards", "pairs", "runs"], result.Json.EnumerateObject().Select(p => p.Name));
        Assert.Equal((3, 2), (result.Json.GetProperty("boards").GetInt32(), result.Json.GetProperty("pairs").GetInt32()));
        var runs = result.Json.GetProperty("runs").EnumerateArray().ToList();
        Assert.All(runs, run =>
        {
            Assert.Equal(["engine", "workers", "duration_s", "last_reply_s", "moves", "wall_s", "speedup"], run.EnumerateObject().Select(p => p.Name));
            Assert.Equal(JsonValueKind.String, run.GetProperty("engine").ValueKind);
            Assert.All(run.EnumerateObject().Skip(1), p => Assert.Equal(JsonValueKind.Number, p.Value.ValueKind));
            Assert.True(run.GetProperty("wall_s").GetDouble() > 0);
            Assert.Equal(6, run.GetProperty("moves").GetInt32());
        });
        Assert.Equal(
            [("sync", 1, 360, 360), ("loop", 1, 75, 130), ("loops", 2, 70, 125), ("callbacks", 1, 75, 130), ("generators", 1, 75, 130), ("greenlets", 1, 75, 130), ("threads", 2, 240, 240), ("processes", 2, 240, 240)],
            runs.Select(run => (run.GetProperty("engine").GetString(), run.GetProperty("workers").GetInt32(), run.GetProperty("duration_s").GetDouble(), run.GetProperty("last_reply_s").GetDouble())));
        Assert.Equal([1, 4.8, 5.143, 4.8, 4.8, 4.8, 1.5, 1.5], runs.Select(run => run.GetProperty("speedup").GetDouble()));
    }

    [Fact]
    public void Chess_Text_SaysWhoMayLeaveWhenAndWhatItMeans()
    {
        var result = Tool.Run(s_small);
        Assert.Equal((0, ""), (result.ExitCode, result.Error));
        // What it was played in is this machine's matter, and so is how wide that column gets.
        string text = Blanks().Replace(PlayedIn().Replace(result.Out, "$1  -  "), "  ");
        Assert.Equal(
            """
            3 boards, 2 moves each; her move 5 s, the reply 55 s

            engine  masters  she may leave  speed-up  played in  what it means
            sync  1  0:06:00  1x  -  one board at a time: she waits for every reply
            loop  1  0:01:15  4.8x  -  table to table: one master, async methods on one event loop
            loops  2  0:01:10  5.1x  -  one event loop a core: a master on each, table to table
            callbacks  1  0:01:15  4.8x  -  table to table, with callbacks
            generators  1  0:01:15  4.8x  -  table to table, with generators
            greenlets  1  0:01:15  4.8x  -  table to table, with greenlets
            threads  2  0:04:00  1.5x  -  a master a thread: each waits at one board
            processes  2  0:04:00  1.5x  -  a master a process: each waits at one board

            Table to table, she may leave after her last move; the last reply comes 55 s later, at 0:02:10.

            """.ReplaceLineEndings("\n"),
            text);
    }

    [Fact]
    public void Chess_StandardText_SaysTwelveHoursAndOne()
    {
        var result = Tool.Run("chess", "--engine", "loop");
        Assert.Contains("24 boards, 30 moves each; her move 5 s, the reply 55 s", result.Out);
        Assert.Matches(@"loop +1 +1:00:00 +12x ", result.Out);
        Assert.EndsWith("the last reply comes 55 s later, at 1:00:55.\n", result.Out);
    }

    [Theory]
    [InlineData("--boards 1 --pairs 1", "1 board, 1 move each;")]
    [InlineData("--boards 1000 --pairs 1", "1,000 boards, 1 move each;")]
    [InlineData("--player 1us --opponent 0", " 720 us ")]
    [InlineData("--player 100ms --opponent 0 --pairs 1 --boards 11", " 0:00:01.100 ")]
    [InlineData("--player 1h", " 720:00:00 ")]
    public void Chess_OtherPlans_ReadWell(string options, string part) =>
        Assert.Contains(part, Tool.Run(["chess", "--engine", "loop", .. options.Split(' ')]).Out);

    [Fact]
    public void Chess_RealTime_SaysSoOnStandardErrorAndTakesLonger()
    {
        var result = Tool.Run("chess", "--boards", "2", "--pairs", "2", "--engine", "loop", "--clock", "real", "--json");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("simul: loop plays in real time, 1,000 times as fast.\n", result.Error);
        var run = result.Json.GetProperty("runs")[0];
        Assert.InRange(run.GetProperty("duration_s").GetDouble(), 70, 70 + 30_000);
        Assert.InRange(run.GetProperty("wall_s").GetDouble(), 0.07, 30);
        // Measured against the exact time of the master who waits, not against one played in real time.
        Assert.Equal(240 / run.GetProperty("duration_s").GetDouble(), run.GetProperty("speedup").GetDouble(), 3);
    }

    [Fact]
    public void Chess_Help_NamesEachDefaultOnceAsUsersWriteIt()
    {
        var result = Tool.Run("chess", "--help");
        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("[default", result.Out);
        Assert.DoesNotContain("00:00:05", result.Out);
        Assert.Contains("Default: 5 s.", result.Out);
        foreach (var exhibition in Exhibition.All) Assert.Contains(exhibition.Engine, result.Out);
    }

    [Fact]
    public void Chess_ReaderWithEnough_EndsQuietly()
    {
        var result = Tool.Shell("{ $TOOL chess --boards 3 --pairs 2 --engine loop; echo code $? >&2; } | head -n 1");
        Assert.Equal("code 0\n", result.Error);
        Assert.Single(result.OutLines);
        Assert.Equal("code 0\n", Tool.Shell("{ $TOOL chess --engine loop --json; echo code $? >&2; } | true").Error);
    }

    [Fact]
    public void Chess_IntoAPipe_HasNoEscapes() => Assert.DoesNotContain('\x1b', Tool.Run("chess", "--engine", "loop").Out);

    [TerminalFact]
    public void Chess_NarrowTerminal_PutsTheMeaningBelowTheTable()
    {
        using var tool = new LiveTool("script", "-qec", $"stty cols 80; NO_COLOR=1 dotnet {Tool.Assembly} chess --boards 3 --pairs 2 --engine loop", "/dev/null");
        Assert.Equal(0, tool.WaitForEnd().ExitCode);
        string text = Escapes().Replace(tool.Text, "");
        Assert.All(text.Split('\n'), line => Assert.InRange(line.TrimEnd('\r').Length, 0, 110)); // the last sentence is the terminal's to wrap
        Assert.DoesNotContain("what it means", text);
        Assert.Matches(@"  loop  table to table: one master, async methods on one event loop *\r?\n", text);
        Assert.DoesNotMatch(Colours(), tool.Text);
    }

    [TerminalFact]
    public void Chess_WideTerminal_HasItInTheTableAndInColour()
    {
        using var tool = new LiveTool("script", "-qec", $"stty cols 160; dotnet {Tool.Assembly} chess --boards 3 --pairs 2 --engine loop", "/dev/null");
        Assert.Equal(0, tool.WaitForEnd().ExitCode);
        Assert.Contains("what it means", tool.Text);
        Assert.Matches(Colours(), tool.Text);
    }

    [GeneratedRegex(@"((?: +\d+)(?: +[\d:.]+)(?: +[\d.]+x)) +[\d.:]+(?: (?:us|ms|s))?  ")]
    private static partial Regex PlayedIn();

    [GeneratedRegex(" {2,}")]
    private static partial Regex Blanks();

    [GeneratedRegex(@"\x1b[\[(][0-9;?]*[A-Za-z]|\x1b[=>]")]
    private static partial Regex Escapes();

    [GeneratedRegex(@"\x1b\[(?:3\d|38;[\d;]+)m")]
    private static partial Regex Colours();
}
