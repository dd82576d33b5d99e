using Simul.Cli;
using Simul.Cli.Jobs;

namespace Simul.Jobs.Tests;

public sealed class ResultFileTests : IDisposable
{
    private static readonly string[] s_inputs = ["a", "b", "c"];
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Fact]
    public void Write_ResultAndError_LinesAsDocumented()
    {
        using (var file = Open(resume: false))
        {
            file.Begin();
            file.Write("a", new ItemEnded(0, "{\"X\":\n 1}", null, null, 0, false), 1);
            file.Write("ü", new ItemEnded(1, null, "System.Exception", "bad \"x\"", 0, false), 3);
        }
        Assert.Equal(
            "{\"index\":0,\"input\":\"a\",\"result\":{\"X\":1}}\n{\"index\":1,\"input\":\"ü\",\"error\":{\"type\":\"System.Exception\",\"message\":\"bad \\\"x\\\"\"},\"attempts\":3}\n",
            File.ReadAllText(_scratch.Out));
    }

    [Fact]
    public void Open_NothingBegun_LeavesNoFile()
    {
        Open(resume: false).Dispose();
        Assert.False(File.Exists(_scratch.Out));
    }

    [Fact]
    public void Open_ExistsWithoutResume_RefusedAndUntouched()
    {
        File.WriteAllText(_scratch.Out, "precious");
        Assert.Contains("--resume", Assert.Throws<UsageException>(() => Open(resume: false)).Message, StringComparison.Ordinal);
        Assert.Equal("precious", File.ReadAllText(_scratch.Out));
    }

    [Fact]
    public void Open_ReadOnly_RefusedEvenToTheSuperuser()
    {
        if (OperatingSystem.IsWindows()) return;
        File.WriteAllText(_scratch.Out, "");
        File.SetUnixFileMode(_scratch.Out, UnixFileMode.UserRead);
        Assert.Contains("read-only", Assert.Throws<UsageException>(() => Open(resume: true)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_FolderMissing_Refused() =>
        Assert.Throws<UsageException>(() => ResultFile.Open(Path.Combine(_scratch.Folder, "none", "out.jsonl"), false, s_inputs));

    [Fact]
    public void Open_Twice_SecondRefused()
    {
        using var first = Open(resume: false);
        Assert.Throws<UsageException>(() => Open(resume: true));
    }

    [Fact]
    public void Resume_TornLastLine_IsCutOffWhenWorkBegins()
    {
        const string Whole = "{\"index\":1,\"input\":\"b\",\"result\":1}\n";
        File.WriteAllText(_scratch.Out, Whole + "{\"index\":0,\"inp");
        using (var file = Open(resume: true))
        {
            Assert.Equal((false, true, false, 1), (file.IsDone(0), file.IsDone(1), file.IsDone(2), file.DoneBefore));
            file.Begin();
            file.Write("a", new ItemEnded(0, "2", null, null, 0, false), 1);
        }
        Assert.Equal(Whole + "{\"index\":0,\"input\":\"a\",\"result\":2}\n", File.ReadAllText(_scratch.Out));
    }

    [Fact]
    public void Resume_LastLineWholeButForItsEnd_IsKept()
    {
        File.WriteAllText(_scratch.Out, "{\"index\":1,\"input\":\"b\",\"result\":1}");
        using (var file = Open(resume: true))
        {
            Assert.True(file.IsDone(1));
            file.Begin();
            file.Write("a", new ItemEnded(0, "2", null, null, 0, false), 1);
        }
        Assert.Equal(["{\"index\":1,\"input\":\"b\",\"result\":1}", "{\"index\":0,\"input\":\"a\",\"result\":2}"], File.ReadAllLines(_scratch.Out));
    }

    [Theory]
    [InlineData("{\"index\":0,\"input\":\"a\",\"error\":{},\"attempts\":1}\n{\"index\":1,\"input\":\"b\",\"result\":1}\n{\"index\":2,\"input\":\"c\",\"error\":{}}\n")]
    [InlineData("{\"index\":1,\"input\":\"b\",\"result\":1}\n{\"index\":2,\"input\":\"c\",\"error\":{}}")]
    [InlineData("{\"index\":2,\"input\":\"c\",\"error\":{}}\n{\"index\":1,\"input\":\"b\",\"result\":1}")]
    [InlineData("{\"index\":2,\"input\":\"c\",\"error\":{}}\n{\"index\":1,\"input\":\"b\",\"result\":1}\n{\"ind")]
    public void Resume_FailedItems_AreTakenOutAndRunAgain(string text)
    {
        File.WriteAllText(_scratch.Out, text);
        using (var file = Open(resume: true))
        {
            Assert.Equal((false, true, false), (file.IsDone(0), file.IsDone(1), file.IsDone(2)));
            file.Begin();
            file.Write("c", new ItemEnded(2, "9", null, null, 0, false), 1);
        }
        Assert.Equal("{\"index\":1,\"input\":\"b\",\"result\":1}\n{\"index\":2,\"input\":\"c\",\"result\":9}\n", File.ReadAllText(_scratch.Out));
        Assert.Equal([_scratch.Out], Directory.GetFiles(_scratch.Folder));
    }

    [Theory]
    [InlineData("garbage\n{\"index\":1,\"input\":\"b\",\"result\":1}\n", "Line 1")]
    [InlineData("{\"index\":1,\"input\":\"b\",\"result\":1}\ngarbage\n", "Line 2")]
    [InlineData("[1]\n", "no index")]
    [InlineData("{\"index\":\"1\",\"input\":\"b\",\"result\":1}\n", "no index")]
    [InlineData("{\"index\":1,\"input\":\"b\"}\n", "neither result nor error")]
    [InlineData("{\"index\":3,\"input\":\"d\",\"result\":1}\n", "the inputs are 3")]
    [InlineData("{\"index\":-1,\"input\":\"d\",\"result\":1}\n", "the inputs are 3")]
    [InlineData("{\"index\":1,\"input\":\"x\",\"result\":1}\n", "'x', and input 1 is now 'b'")]
    [InlineData("{\"index\":1,\"input\":\"b\",\"result\":1}\n{\"index\":1,\"input\":\"b\",\"result\":1}\n", "so has line 1")]
    [InlineData("{\"index\":1,\"input\":\"b\",\"result\":1} {}\n", "not JSON")]
    [InlineData("{\"index\":1,\"input\":\"x\",\"result\":1}", "'x', and input 1 is now 'b'")]
    public void Resume_ForeignOrDamagedFile_RefusedAndUntouched(string text, string sentence)
    {
        File.WriteAllText(_scratch.Out, text);
        Assert.Contains(sentence, Assert.Throws<UsageException>(() => Open(resume: true)).Message, StringComparison.Ordinal);
        Assert.Equal(text, File.ReadAllText(_scratch.Out));
    }

    [Fact]
    public void Resume_LongLines_AreRead()
    {
        string input = new('x', 300_000);
        File.WriteAllText(_scratch.Out, $"{{\"index\":0,\"input\":\"{input}\",\"result\":1}}\n{{\"index\":1,\"input\":\"b\",\"result\":1}}\n");
        using var file = ResultFile.Open(_scratch.Out, true, [input, "b"]);
        Assert.Equal(2, file.DoneBefore);
    }

    private ResultFile Open(bool resume) => ResultFile.Open(_scratch.Out, resume, s_inputs);
}
