namespace Simul.Cli.Tests;

public sealed class LauncherTests
{
    [Fact]
    public void Launcher_AnyFolder_BuildsOnceAndKeepsStandardOutputClean()
    {
        string simul = Path.Combine(Tool.Root, "simul");
        var first = Tool.Execute("sh", ["-c", $"cd / && '{simul}' --version"]);
        Assert.Equal(0, first.ExitCode);
        Assert.StartsWith(ToolVersion.Text, Assert.Single(first.OutLines));

        string link = Path.Combine(Path.GetTempPath(), $"simul-{Guid.NewGuid():N}");
        File.CreateSymbolicLink(link, simul);
        try
        {
            var second = Tool.Execute("sh", ["-c", $"cd / && '{link}' --version"]);
            Assert.Equal(0, second.ExitCode);
            Assert.Equal("", second.Error); // nothing was built
            Assert.Equal(first.Out, second.Out);
        }
        finally
        {
            File.Delete(link);
        }
    }

    [Fact]
    public void Launcher_ClosedStreams_DoNoHarm()
    {
        string simul = Path.Combine(Tool.Root, "simul");
        Assert.Equal(0, Tool.Execute("sh", ["-c", $"'{simul}' doctor --json >&-"]).ExitCode);
        Assert.Equal(2, Tool.Execute("sh", ["-c", $"'{simul}' nonsense 2>&- <&-"]).ExitCode);
    }
}
