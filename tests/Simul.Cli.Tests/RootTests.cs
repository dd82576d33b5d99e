namespace Simul.Cli.Tests;

public sealed class RootTests
{
    [Fact]
    public void Help_Root_NamesEveryVerb()
    {
        var result = Tool.Run("--help");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        foreach (var verb in VerbList.All) Assert.Contains(verb.Build().Name, result.Out);
        Assert.DoesNotContain(RunWatchdog.Verb, result.Out);
    }

    [Fact]
    public void Help_EveryVerb_EveryOptionHasADescription()
    {
        foreach (var verb in VerbList.All)
        {
            var command = verb.Build();
            Assert.False(string.IsNullOrEmpty(command.Description), command.Name);
            Assert.All(command.Options, o => Assert.False(string.IsNullOrEmpty(o.Description), $"{command.Name} {o.Name}"));
        }
    }

    [Fact]
    public void Help_VerbWithMissingParts_StillHelps()
    {
        var result = Tool.Run("run", "--help");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("--copies", result.Out);
    }

    [Fact]
    public void Version_Asked_IsPrinted()
    {
        var result = Tool.Run("--version");
        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith(ToolVersion.Text, result.Out);
    }

    [Fact]
    public void Output_IntoAPipe_HasNoEscapes() => Assert.DoesNotContain('\x1b', Tool.Run("doctor").Out);

    [Fact]
    public void Output_ReaderGone_EndsQuietly()
    {
        // The first reader closes before the tool writes.
        var result = Tool.Shell("{ $TOOL doctor; echo code $? >&2; } | true");
        Assert.Equal("code 0\n", result.Error);
    }

    [Fact]
    public void Output_FirstLineOnly_EndsQuietly()
    {
        var result = Tool.Shell("{ $TOOL run --copies 2 -- yes; echo code $? >&2; } | head -n 1");
        Assert.Equal("code 0\n", result.Error);
        Assert.Single(result.OutLines);
    }

    [Fact]
    public void Output_DiskFull_IsAFailureInOneSentence()
    {
        var result = Tool.Shell("$TOOL doctor --json >/dev/full");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("No space left", Assert.Single(result.ErrorLines));
    }

    [Fact]
    public void Output_SharedFile_IsNotOverwritten()
    {
        string file = Path.GetTempFileName();
        try
        {
            Tool.Shell($"{{ echo first; $TOOL --version; echo last; }} >{file}");
            string[] lines = File.ReadAllLines(file);
            Assert.Equal(3, lines.Length);
            Assert.Equal(("first", "last"), (lines[0], lines[2]));
        }
        finally
        {
            File.Delete(file);
        }
    }
}
