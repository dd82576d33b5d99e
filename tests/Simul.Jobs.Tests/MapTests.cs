namespace Simul.Jobs.Tests;

// `simul map` as a process: results, failures, and what misbehaving methods do to it.
public sealed class MapTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("sync")]
    [InlineData("loop")]
    [InlineData("threads")]
    [InlineData("processes")]
    public void Map_EveryEngine_EveryItemOnce(string engine)
    {
        string inputs = _scratch.Inputs(Enumerable.Range(0, 40).Select(i => i.ToString()));
        var answer = Map("Good.DoubleAsync", inputs, engine);
        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Empty(answer.Out);
        var results = _scratch.Results();
        Assert.Equal(Enumerable.Range(0, 40), results.Keys);
        foreach (var (index, line) in results)
        {
            Assert.Equal(index.ToString(), line.GetProperty("input").GetString());
            Assert.Equal(2 * index, line.GetProperty("result").GetInt32());
        }
    }

    [Fact]
    public void Map_Failures_KeptWithAttemptsAndExitCode1()
    {
        var answer = Map("Bad.Throw", _scratch.Inputs("a", "throw", "b"), "threads", "--retries", "2");
        Assert.True(answer.Code == 1, answer.ToString());
        var failed = _scratch.Results()[1];
        Assert.Equal("System.InvalidOperationException", failed.GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("as asked: throw", failed.GetProperty("error").GetProperty("message").GetString());
        Assert.Equal(3, failed.GetProperty("attempts").GetInt32());
        Assert.Equal(["index", "input", "error", "attempts"], failed.EnumerateObject().Select(p => p.Name));
        Assert.Contains("item 1 ('throw') failed 3 times", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_Retries_SecondTryCounts()
    {
        string counter = Path.Combine(_scratch.Folder, "tries");
        var answer = Map("Bad.FailTimes", _scratch.Inputs($"2 {counter}"), "threads", "--retries", "3");
        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Equal(3, _scratch.Results()[0].GetProperty("result").GetInt32());
    }

    [Fact]
    public void Map_LineThatDoesNotConvert_FailsAloneAndOnlyOnce()
    {
        var answer = Map("Good.Double", _scratch.Inputs("1", "x", "3"), "threads", "--retries", "5");
        Assert.Equal(1, answer.Code);
        var results = _scratch.Results();
        Assert.Contains("'x' cannot be read as int", results[1].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
        Assert.Equal(1, results[1].GetProperty("attempts").GetInt32());
        Assert.Equal(6, results[2].GetProperty("result").GetInt32());
    }

    [Fact]
    public void Map_MethodPrints_OutputGoesToStandardError()
    {
        var answer = Map("Bad.Print", _scratch.Inputs("a"), "threads");
        Assert.Equal(0, answer.Code);
        Assert.Empty(answer.Out);
        Assert.Contains("out:a", answer.Error, StringComparison.Ordinal);
        Assert.Contains("err:a", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public void Map_MethodReadsStandardInput_FindsItsEnd()
    {
        Assert.Equal(0, Map("Bad.Read", _scratch.Inputs("a"), "threads").Code);
        Assert.Equal("null", _scratch.Results()[0].GetProperty("result").GetRawText());
    }

    [Fact]
    public void Map_ResultIsNoJson_ItemFailsAndSaysSo()
    {
        Assert.Equal(1, Map("Bad.NotJson", _scratch.Inputs("a"), "threads", "--retries", "3").Code);
        Assert.Contains("cannot be written as JSON", _scratch.Results()[0].GetProperty("error").GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Bad.Exit", "exit", "exit code 7")]
    [InlineData("Bad.FailFast", "crash", "exit code 134")]
    [InlineData("Bad.Overflow", "crash", "stack overflow")]
    public void Map_MethodEndsTheHost_NamesItemAndCodeAndKeepsTheRest(string method, string line, string sentence)
    {
        var answer = Map(method, _scratch.Inputs("a", line, "b"), "threads", "--workers", "1");
        Assert.True(answer.Code == 1, answer.ToString());
        Assert.Contains($"item 1 ('{line}')", answer.Error, StringComparison.Ordinal);
        Assert.Contains(sentence, answer.Error, StringComparison.Ordinal);
        Assert.Contains("--engine processes", answer.Error, StringComparison.Ordinal);
        Assert.Equal([0], _scratch.Results().Keys);
    }

    [Theory]
    [InlineData("Bad.Exit", "exit")]
    [InlineData("Bad.FailFast", "crash")]
    [InlineData("Bad.Overflow", "crash")]
    public void Map_MethodEndsAWorkerProcess_OnlyItsItemFails(string method, string line)
    {
        var answer = Map(method, _scratch.Inputs("a", line, "b", "c"), "processes");
        Assert.True(answer.Code == 1, answer.ToString());
        var results = _scratch.Results();
        Assert.Equal([0, 1, 2, 3], results.Keys);
        Assert.Equal("Simul.WorkerCrashedException", results[1].GetProperty("error").GetProperty("type").GetString());
        Assert.Equal("c", results[3].GetProperty("result").GetString());
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("processes")]
    public void Map_MethodNeverEnds_TimeLimitFailsItAloneAndTheToolEnds(string engine)
    {
        var answer = Map("Bad.Never", _scratch.Inputs("a", "never", "b", "c"), engine, "--timeout", "1s");
        Assert.True(answer.Code == 1, answer.ToString());
        var results = _scratch.Results();
        Assert.Equal([0, 1, 2, 3], results.Keys);
        Assert.Equal("System.TimeoutException", results[1].GetProperty("error").GetProperty("type").GetString());
    }

    [Fact]
    public void Map_MethodBlocksTheLoopForEver_SaysThatItIsStuck()
    {
        var answer = Map("Bad.Never", _scratch.Inputs("a", "never", "b"), "loop", "--timeout", "1s");
        Assert.True(answer.Code == 1, answer.ToString());
        Assert.Contains("stuck: item 1 ('never')", answer.Error, StringComparison.Ordinal);
        Assert.Equal([0], _scratch.Results().Keys);
    }

    [Fact]
    public void Map_ProjectFolder_IsBuiltAndRun()
    {
        string text = Path.Combine(_scratch.Folder, "text.txt");
        File.WriteAllText(text, "One two\ntwo three\n");
        var answer = Tool.Run(120, "map", Path.Combine(Tool.Repository, "samples", "WordCount"), "WordCount.Counter.CountFile", "--inputs", _scratch.Inputs(text), "--engine", "threads", "--out", _scratch.Out);
        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Equal(
            "{\"File\":\"text.txt\",\"Lines\":2,\"Words\":4,\"Bytes\":18,\"DistinctWords\":3,\"Top\":[{\"Word\":\"two\",\"Uses\":2},{\"Word\":\"one\",\"Uses\":1},{\"Word\":\"three\",\"Uses\":1}]}",
            _scratch.Results()[0].GetProperty("result").GetRawText());
    }

    private Tool.Answer Map(string method, string inputs, string engine, params string[] more) =>
        Tool.Run(["map", Tool.Fixtures, method, "--inputs", inputs, "--engine", engine, "--out", _scratch.Out, .. more]);
}
