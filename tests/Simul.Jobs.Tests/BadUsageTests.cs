namespace Simul.Jobs.Tests;

// Bad input of map and compare: exit code 2, a sentence that names the thing, nothing written.
public sealed class BadUsageTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("Fixtures.Godd.Echo", "Did you mean Fixtures.Good?")]
    [InlineData("Good.Ecko", "Did you mean Echo?")]
    [InlineData("Good", "Write TYPE.METHOD")]
    [InlineData("Instance.Echo", "make it static")]
    [InlineData("Bad.Two", "Candidates:")]
    [InlineData("Good.Double", "'a', cannot be read as int")]
    public void Map_MethodDoesNotFit_RefusedAndNothingWritten(string method, string sentence) =>
        Refused(sentence, "map", Tool.Fixtures, method, "--inputs", _scratch.Inputs("a"), "--engine", "threads", "--out", _scratch.Out);

    [Theory]
    [InlineData("no/such.dll", "There is no assembly")]
    [InlineData("LIST", "is not a .NET assembly")]
    [InlineData("FOLDER", "has no project file")]
    public void Map_AssemblyIsNone_Refused(string assembly, string sentence)
    {
        string list = _scratch.Inputs("a");
        Refused(sentence, "map", assembly.Replace("LIST", list).Replace("FOLDER", _scratch.Folder), "Good.Echo", "--inputs", list, "--engine", "threads", "--out", _scratch.Out);
    }

    [Theory]
    [InlineData("thread", "did you mean 'threads'?")]
    [InlineData("gpu", "is not one of")]
    public void Map_UnknownEngine_Refused(string engine, string sentence) =>
        Refused(sentence, "map", Tool.Fixtures, "Good.Echo", "--inputs", _scratch.Inputs("a"), "--engine", engine, "--out", _scratch.Out);

    [Theory]
    [InlineData("--workers", "0")]
    [InlineData("--workers", "-3")]
    [InlineData("--workers", "99999999")]
    [InlineData("--retries", "-1")]
    [InlineData("--timeout", "0s")]
    [InlineData("--timeout", "soon")]
    public void Map_AbsurdNumber_Refused(string option, string value) =>
        Refused(option, "map", Tool.Fixtures, "Good.Echo", "--inputs", _scratch.Inputs("a"), "--engine", "threads", "--out", _scratch.Out, option, value);

    [Fact]
    public void Map_EmptyInputs_Refused() =>
        Refused("no items", "map", Tool.Fixtures, "Good.Echo", "--inputs", _scratch.Inputs(), "--engine", "threads", "--out", _scratch.Out);

    [Fact]
    public void Map_InputsMissing_Refused() =>
        Refused("there is no such file", "map", Tool.Fixtures, "Good.Echo", "--inputs", "none.txt", "--engine", "threads", "--out", _scratch.Out);

    [Fact]
    public void Map_OutInNoFolder_RefusedBeforeAnyWork() =>
        Refused("Make it first", "map", Tool.Fixtures, "Good.Echo", "--inputs", _scratch.Inputs("a"), "--engine", "threads", "--out", Path.Combine(_scratch.Folder, "none", "x.jsonl"));

    [Fact]
    public void Map_OutExists_RefusedWithMend()
    {
        File.WriteAllText(_scratch.Out, "precious");
        var answer = Tool.Run("map", Tool.Fixtures, "Good.Echo", "--inputs", _scratch.Inputs("a"), "--engine", "threads", "--out", _scratch.Out);
        Assert.Equal(2, answer.Code);
        Assert.Contains("--resume", answer.Error, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(_scratch.Out));
    }

    [Fact]
    public void Map_CorruptResumeFile_RefusedAndUntouched()
    {
        File.WriteAllText(_scratch.Out, "precious\nmore\n");
        var answer = Tool.Run("map", Tool.Fixtures, "Good.Echo", "--inputs", _scratch.Inputs("a"), "--engine", "threads", "--out", _scratch.Out, "--resume");
        Assert.Equal(2, answer.Code);
        Assert.Contains("Line 1", answer.Error, StringComparison.Ordinal);
        Assert.Equal("precious\nmore\n", File.ReadAllText(_scratch.Out));
    }

    [Fact]
    public void Compare_UnknownMethod_RefusedAndNoReportLeft()
    {
        string page = Path.Combine(_scratch.Folder, "r.html");
        Refused("has no method Nope", "compare", Tool.Fixtures, "Good.Nope", "--inputs", _scratch.Inputs("a"), "--json", "--report", page);
        Assert.False(File.Exists(page));
    }

    private void Refused(string sentence, params string[] arguments)
    {
        var answer = Tool.Run(arguments);
        Assert.True(answer.Code == 2, answer.ToString());
        Assert.Contains(sentence, answer.Error, StringComparison.Ordinal);
        Assert.Empty(answer.Out);
        Assert.DoesNotContain("   at ", answer.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch.Out));
    }
}
