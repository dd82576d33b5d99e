using System.Globalization;

namespace Simul.Cli.Tests;

// Ctrl+C while hours of real time lie ahead.
public sealed class ChessSignalTests
{
    private static readonly TimeSpan s_quick = TimeSpan.FromSeconds(20); // a second on a free machine

    [Theory]
    [InlineData("sync")]
    [InlineData("loop")]
    [InlineData("callbacks")]
    [InlineData("greenlets")]
    [InlineData("loops")]
    [InlineData("threads")]
    public void CtrlC_InRealTime_EndsWith130(string engine)
    {
        using var tool = LiveTool.Start("chess", "--engine", engine, "--clock", "real", "--speed", "1", "--json");
        tool.WaitFor("plays in real time");
        End(tool);
        Assert.DoesNotContain("{", tool.Text);
    }

    [Fact]
    public void CtrlC_WithProcesses_LeavesNoneBehind()
    {
        using var tool = LiveTool.Start("chess", "--engine", "processes", "--workers", "2", "--clock", "real", "--speed", "1");
        LiveTool.Until(() => Children(tool.Process).Count == 2, "two workers");
        var workers = Children(tool.Process);
        End(tool);
        Assert.All(workers, worker => LiveTool.Until(() => !LiveTool.IsAlive(worker), $"the end of worker {worker}"));
    }

    [Fact]
    public void CtrlC_InVirtualTime_EndsWith130()
    {
        // A long one: minutes of play.
        using var tool = LiveTool.Start("chess", "--boards", "1000", "--pairs", "100000", "--engine", "threads", "--workers", "2");
        LiveTool.Until(() => Threads(tool.Process).Count(name => name.StartsWith("thread-", StringComparison.Ordinal)) == 2, "two masters");
        End(tool);
    }

    private static void End(LiveTool tool)
    {
        long start = TimeProvider.System.GetTimestamp();
        tool.Signal(Libc.SigInt);
        Assert.Equal(130, tool.WaitForEnd().ExitCode);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, s_quick);
        Assert.Contains("stopping", tool.Text);
        Assert.DoesNotContain("SIMUL_TRACE", tool.Text); // no unexpected error on the way
    }

    private static IEnumerable<string> Threads(int process) =>
        Directory.EnumerateDirectories($"/proc/{process}/task").Select(folder => Proc.Read(folder + "/comm") ?? "");

    private static List<int> Children(int parent) =>
    [
        .. Directory.EnumerateDirectories("/proc")
            .Where(folder => int.TryParse(Path.GetFileName(folder), out _) && Proc.Field(folder + "/status", "PPid") == parent.ToString(CultureInfo.InvariantCulture))
            .Where(folder => Proc.Read(folder + "/cmdline")?.Contains("Simul.WorkerHost", StringComparison.Ordinal) == true)
            .Select(folder => int.Parse(Path.GetFileName(folder), CultureInfo.InvariantCulture)),
    ];
}
