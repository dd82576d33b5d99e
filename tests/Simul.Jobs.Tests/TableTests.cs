using System.Text.Json;
using Simul.Cli;

namespace Simul.Jobs.Tests;

public sealed class TableTests
{
    private static readonly string[] s_rows = ["waiting", "cores", "scale", "blocking", "gil"];

    [Fact]
    public void Table_Json_EveryRowOfEveryEngineWithTheVerdictItsValueGives()
    {
        var answer = Tool.Run(300, "table", "--json");
        Assert.True(answer.Code == 0, answer.ToString());
        var root = JsonDocument.Parse(answer.Out).RootElement;
        Assert.Equal(["rows", "python"], root.EnumerateObject().Select(p => p.Name));
        Check(root.GetProperty("rows"), ["loop", "threads", "processes"]);
        if (root.GetProperty("python").GetArrayLength() > 0) Check(root.GetProperty("python"), ["asyncio", "threading", "multiprocessing"]);
    }

    [Fact]
    public void Table_NoPython_EmptyListAndOneSentence()
    {
        var (figures, why) = WithoutPath(() => PythonProbe.MeasureAsync("asyncio", TimeProvider.System, CancellationToken.None).GetAwaiter().GetResult());
        Assert.Null(figures);
        Assert.Contains("python3 is not on the PATH", why, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("waiting", 8, 5, "yes (pre-emptive)")]
    [InlineData("waiting", 8, 250, "yes (cooperative)")]
    [InlineData("waiting", 1.1, 5, "no")]
    [InlineData("cores", 1.9, 5, "yes")]
    [InlineData("cores", 1.1, 5, "no")]
    [InlineData("scale", 60, 5, "low")]
    [InlineData("scale", 10_000, 5, "medium")]
    [InlineData("scale", 1_000_000, 5, "high")]
    [InlineData("gil", 1.1, 5, "no")]
    [InlineData("gil", 2.3, 5, "some")]
    public void Verdict_FollowsFromTheFigure(string row, double value, double heldUp, string verdict)
    {
        var rows = TableVerdict.Rows("x", new Dictionary<string, double> { [row] = value, ["blocking"] = heldUp });
        Assert.Equal(verdict, rows.Single(r => r.Row == row).Verdict);
    }

    private static void Check(JsonElement rows, string[] engines)
    {
        var all = rows.EnumerateArray().ToList();
        Assert.Equal(from engine in engines from row in s_rows select (engine, row), all.Select(r => (r.GetProperty("engine").GetString(), r.GetProperty("row").GetString())));
        foreach (var engine in all.GroupBy(r => r.GetProperty("engine").GetString()!))
        {
            // Rounded figures give the verdict too, but for one on the very edge.
            var again = TableVerdict.Rows(engine.Key, engine.ToDictionary(r => r.GetProperty("row").GetString()!, r => r.GetProperty("value").GetDouble()));
            Assert.Equal(again.Select(r => r.Verdict), engine.Select(r => r.GetProperty("verdict").GetString()));
        }
        // What holds on any machine, however busy.
        Assert.StartsWith("yes", all.Single(r => r.GetProperty("row").GetString() == "waiting" && r.GetProperty("engine").GetString() == engines[0]).GetProperty("verdict").GetString());
    }

    private static T WithoutPath<T>(Func<T> body)
    {
        string? path = Environment.GetEnvironmentVariable("PATH");
        Environment.SetEnvironmentVariable("PATH", "/nowhere");
        try
        {
            return body();
        }
        finally
        {
            Environment.SetEnvironmentVariable("PATH", path);
        }
    }
}
