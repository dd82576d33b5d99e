namespace Simul.Cli.Tests;

public sealed class DoctorTests
{
    [Fact]
    public void Doctor_Json_HasTheDocumentedShape()
    {
        var result = Tool.Run("doctor", "--json");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal("", result.Error);
        Assert.Single(result.OutLines);
        Assert.Equal(["simul", "checks"], result.Json.EnumerateObject().Select(p => p.Name));
        var checks = result.Json.GetProperty("checks").EnumerateArray().ToList();
        Assert.Equal(
            ["runtime", "system", "cores", "memory", "io_uring", "futex", "pidfd", "open_files", "processes", "threads", "shared_memory", "broker", "python3"],
            checks.Select(c => c.GetProperty("name").GetString()));
        Assert.All(checks, check =>
        {
            Assert.Equal(["name", "verdict", "value", "consequence", "number", "unit"], check.EnumerateObject().Select(p => p.Name));
            Assert.Contains(check.GetProperty("verdict").GetString(), new[] { "ok", "limited", "missing" });
            Assert.NotEqual("", check.GetProperty("value").GetString());
            Assert.NotEqual("", check.GetProperty("consequence").GetString());
        });
    }

    [Fact]
    public void Doctor_Text_OneLineForEachCheck()
    {
        var result = Tool.Run("doctor");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(13, result.OutLines.Length);
        Assert.All(result.OutLines, line => Assert.Matches("^(ok|limited|missing) ", line));
    }

    [Fact]
    public void Doctor_WithoutPython_SaysSoAndSucceeds()
    {
        // A PATH that has nothing but dotnet.
        var result = Tool.Shell("dotnet=$(command -v dotnet); PATH=/nowhere exec \"$dotnet\" ${TOOL#dotnet } doctor");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains(result.OutLines, l => l.StartsWith("missing", StringComparison.Ordinal) && l.Contains("python3"));
    }

    [Fact]
    public void Doctor_FewerDescriptors_AreReported()
    {
        var result = Tool.Shell("ulimit -n 512; $TOOL doctor --json");
        var check = result.Json.GetProperty("checks").EnumerateArray().Single(c => c.GetProperty("name").GetString() == "open_files");
        Assert.Equal(512, check.GetProperty("number").GetDouble());
    }
}
