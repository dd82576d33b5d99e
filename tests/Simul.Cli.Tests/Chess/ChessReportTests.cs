using System.Text.Json;
using System.Text.RegularExpressions;

namespace Simul.Cli.Tests;

// The file of --report.
public sealed partial class ChessReportTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("simul-chess-").FullName;

    private string Report => Path.Combine(_folder, "report.html");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Report_OfAll_HasEveryEngineAndEveryBoard()
    {
        File.WriteAllText(Report, new string('x', 5_000_000)); // an older one, and longer
        var result = Tool.Run("chess", "--workers", "2", "--report", Report);
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(Report, Assert.Single(result.ErrorLines));
        string html = File.ReadAllText(Report);
        Assert.EndsWith("</html>", html.TrimEnd());
        using var data = JsonDocument.Parse(DataElement().Match(html).Groups["json"].Value);
        var runs = data.RootElement.GetProperty("runs").EnumerateArray().ToList();
        Assert.Equal(Exhibition.All.Select(exhibition => exhibition.Engine), runs.Select(run => run.GetProperty("name").GetString()));
        Assert.All(runs, run =>
        {
            string text = run.GetRawText();
            for (int board = 1; board <= 24; board++) Assert.Contains($"\"board {board}\"", text);
        });
        Assert.Contains("\"master 2\"", runs[^1].GetRawText());
        Assert.Contains("\"the master\"", runs[1].GetRawText());
    }

    [Fact]
    public void Report_WhenPlayIsBrokenOff_LeavesTheFolderAsItWas()
    {
        using (var tool = LiveTool.Start("chess", "--engine", "loop", "--clock", "real", "--speed", "1", "--report", Report))
        {
            tool.WaitFor("plays in real time");
            tool.Signal(Libc.SigInt);
            Assert.Equal(130, tool.WaitForEnd().ExitCode);
        }
        Assert.False(File.Exists(Report));

        File.WriteAllText(Report, "older");
        using (var tool = LiveTool.Start("chess", "--engine", "loop", "--clock", "real", "--speed", "1", "--report", Report))
        {
            tool.WaitFor("plays in real time");
            tool.Signal(Libc.SigInt);
            Assert.Equal(130, tool.WaitForEnd().ExitCode);
        }
        Assert.Equal("older", File.ReadAllText(Report));
    }

    [Fact]
    public void Report_IntoADevice_IsWritten() => Assert.Equal(0, Tool.Run("chess", "--engine", "loop", "--boards", "2", "--pairs", "2", "--report", "/dev/null").ExitCode);

    [Fact]
    public void Report_DiskFull_IsAFailureInOneSentence()
    {
        var result = Tool.Run("chess", "--engine", "loop", "--boards", "2", "--pairs", "2", "--report", "/dev/full");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("0:01:05", result.Out); // the results are not lost
        Assert.Contains("No space left", Assert.Single(result.ErrorLines));
    }

    [GeneratedRegex("(?s)id=\"data\">(?<json>.*?)</script>")]
    private static partial Regex DataElement();
}
