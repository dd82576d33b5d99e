using System.Text.Json;

namespace Simul.Jobs.Tests;

public sealed class CompareTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Compare_Json_HasItsShape()
    {
        var root = Json("Good.Double", Enumerable.Range(0, 20).Select(i => i.ToString()));
        Assert.Equal(["method", "inputs", "cores", "engines", "recommended", "reason"], root.EnumerateObject().Select(p => p.Name));
        Assert.Equal("Fixtures.Good.Double(int)", root.GetProperty("method").GetString());
        Assert.Equal(20, root.GetProperty("inputs").GetInt32());
        var engines = root.GetProperty("engines").EnumerateArray().ToList();
        Assert.Equal(["sync", "loop", "threads", "processes"], engines.Select(e => e.GetProperty("engine").GetString()));
        foreach (var engine in engines)
        {
            Assert.Equal(["engine", "workers", "wall_s", "cpu_s", "speedup", "p50_ms", "p99_ms", "peak_mb", "equal", "failed", "note"], engine.EnumerateObject().Select(p => p.Name));
            Assert.True(engine.GetProperty("equal").GetBoolean());
            Assert.Equal(0, engine.GetProperty("failed").GetInt32());
            Assert.True(engine.GetProperty("wall_s").GetDouble() > 0);
            Assert.True(engine.GetProperty("peak_mb").GetDouble() > 1);
        }
    }

    [Fact]
    public void Compare_AsynchronousWaits_LoopOverlapsThem()
    {
        var root = Json("Good.SleepAsync", Enumerable.Repeat("50", 40), "--engines", "sync,loop");
        var loop = root.GetProperty("engines")[1];
        Assert.True(loop.GetProperty("speedup").GetDouble() > 3, root.ToString());
        Assert.Equal("loop", root.GetProperty("recommended").GetString());
    }

    [Fact]
    public void Compare_MethodDoesNotRepeatItself_NotEqualAndSaidSo()
    {
        var root = Json("Bad.Now", ["a", "b"], "--engines", "sync,threads");
        Assert.All(root.GetProperty("engines").EnumerateArray(), e => Assert.False(e.GetProperty("equal").GetBoolean()));
        Assert.Contains("item 0 differs", root.GetProperty("engines")[0].GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Contains("does not give the same result twice", root.GetProperty("reason").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Compare_MethodSharesState_ThreadsNotEqualAndNotRecommended()
    {
        var root = Json("Bad.Shared", Enumerable.Repeat("a", 30), "--engines", "sync,threads,processes", "--workers", "4");
        Assert.Equal([true, false, true], root.GetProperty("engines").EnumerateArray().Select(e => e.GetProperty("equal").GetBoolean()));
        Assert.NotEqual("threads", root.GetProperty("recommended").GetString());
    }

    [Fact]
    public void Compare_MethodEndsItsProcess_OnlyProcessesGetsThrough()
    {
        var root = Json("Bad.Exit", ["a", "exit", "b"]);
        var engines = root.GetProperty("engines").EnumerateArray().ToList();
        Assert.Equal(JsonValueKind.Null, engines[0].GetProperty("wall_s").ValueKind);
        Assert.Contains("exit code 7", engines[2].GetProperty("note").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, engines[3].GetProperty("failed").GetInt32());
        Assert.Equal("processes", root.GetProperty("recommended").GetString());
    }

    [Fact]
    public void Compare_Report_IsAPage()
    {
        string page = Path.Combine(_scratch.Folder, "report.html");
        var answer = Tool.Run("compare", Tool.Fixtures, "Good.Echo", "--inputs", _scratch.Inputs("a", "b"), "--engines", "sync,threads", "--report", page);
        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Contains("Recommended: ", answer.Out, StringComparison.Ordinal);
        string html = File.ReadAllText(page);
        Assert.Contains("Fixtures.Good.Echo(string)", html, StringComparison.Ordinal);
        Assert.StartsWith("<!doctype html>", html, StringComparison.OrdinalIgnoreCase);
    }

    private JsonElement Json(string method, IEnumerable<string> inputs, params string[] more)
    {
        var answer = Tool.Run(["compare", Tool.Fixtures, method, "--inputs", _scratch.Inputs(inputs), "--json", .. more]);
        Assert.True(answer.Code == 0, answer.ToString());
        return JsonDocument.Parse(answer.Out).RootElement;
    }
}
