using System.Text.RegularExpressions;

namespace Simul.Cli.Tests;

public sealed partial class RunSignalTests
{
    [TerminalFact]
    public void CtrlC_OnATerminal_StopsAllWith130()
    {
        using var tool = LiveTool.OnTerminal("run --copies 2 -- sh -c 'echo ready $$; sleep 300'");
        tool.WaitFor("ready", 2);
        var processes = Ready(tool);
        tool.Type("\x03");
        Assert.Equal(130, tool.WaitForEnd().ExitCode);
        Assert.Contains("2 stopped", tool.Text);
        Assert.All(processes, p => LiveTool.Until(() => !LiveTool.IsAlive(p), "the end of the commands"));
    }

    [Fact]
    public void CtrlC_Twice_EndsAtOnce()
    {
        using var tool = LiveTool.Start("run", "--copies", "1", "--grace", "1h", "--", "sh", "-c", "trap 'echo deaf' INT; echo ready $$; while true; do sleep 300; done");
        tool.WaitFor("ready");
        int process = Ready(tool)[0];
        tool.Signal(Libc.SigInt);
        tool.WaitFor("deaf");
        tool.Signal(Libc.SigInt);
        Assert.Equal(130, tool.WaitForEnd().ExitCode);
        LiveTool.Until(() => !LiveTool.IsAlive(process), "the end of the command");
    }

    [Fact]
    public void Stop_DeafCommand_IsKilledAfterTheGrace()
    {
        using var tool = LiveTool.Start("run", "--copies", "1", "--grace", "100ms", "--", "sh", "-c", "trap '' INT; echo ready $$; while true; do sleep 300; done");
        tool.WaitFor("ready");
        tool.Signal(Libc.SigInt);
        Assert.Equal(130, tool.WaitForEnd().ExitCode);
    }

    [Fact]
    public void Terminate_Asked_IsHandedOn()
    {
        using var tool = LiveTool.Start("run", "--copies", "1", "--", "sh", "-c", "trap 'echo asked nicely; exit 0' TERM; echo ready $$; while true; do sleep 0.05; done");
        tool.WaitFor("ready");
        tool.Signal(Libc.SigTerm);
        Assert.Equal(143, tool.WaitForEnd().ExitCode);
        Assert.Contains("asked nicely", tool.Text);
    }

    [Fact]
    public void KillNine_OfTheTool_TakesCommandsAndTheirChildrenAlong()
    {
        // A grandchild in the group, and one that left group and session.
        using var tool = LiveTool.Start("run", "--copies", "2", "--", "sh", "-c", "sleep 300 & echo ready $!; setsid sh -c 'echo ready $$; sleep 300' & echo ready $$; wait");
        tool.WaitFor("ready", 6);
        var processes = Ready(tool);
        Assert.Equal(6, processes.Count);
        tool.Signal(Libc.SigKill);
        Assert.Equal(Libc.SigKill, tool.WaitForEnd().Signal);
        Assert.All(processes, p => LiveTool.Until(() => !LiveTool.IsAlive(p), $"the end of {p}"));
    }

    [Fact]
    public void KillNine_OfTheWatchdog_ItIsStartedAgain()
    {
        using var tool = LiveTool.Start("run", "--copies", "1", "--", "sh", "-c", "echo ready $$; sleep 300");
        tool.WaitFor("ready");
        int first = Watchdog(tool.Process)!.Value;
        Libc.Kill(first, Libc.SigKill);
        LiveTool.Until(() => Watchdog(tool.Process) is { } second && second != first, "a new watchdog");
        int process = Ready(tool)[0];
        tool.Signal(Libc.SigKill);
        tool.WaitForEnd();
        LiveTool.Until(() => !LiveTool.IsAlive(process), "the end of the command");
    }

    [TerminalFact]
    public void Colours_OnATerminal_AreThere_AndNoColorTakesThemAway()
    {
        using (var tool = LiveTool.OnTerminal("run --copies 2 -- echo hi"))
        {
            Assert.Equal(0, tool.WaitForEnd().ExitCode);
            Assert.Contains("\x1b[36m[0]\x1b[0m hi", tool.Text);
        }
        using (var tool = new LiveTool("script", "-qec", $"NO_COLOR=1 dotnet {Tool.Assembly} run --copies 2 -- echo hi", "/dev/null"))
        {
            Assert.Equal(0, tool.WaitForEnd().ExitCode);
            Assert.Contains("[0] hi", tool.Text);
            Assert.DoesNotMatch(ColourPattern(), tool.Text);
        }
    }

    private static List<int> Ready(LiveTool tool) => [.. ReadyPattern().Matches(tool.Text).Select(m => int.Parse(m.Groups[1].Value))];

    private static int? Watchdog(int tool)
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder), out int process)) continue;
            if (Proc.Field(folder + "/status", "PPid") != tool.ToString()) continue;
            if (Proc.Read(folder + "/cmdline") is { } line && line.Contains(RunWatchdog.Verb, StringComparison.Ordinal) && LiveTool.IsAlive(process)) return process;
        }
        return null;
    }

    [GeneratedRegex(@"ready (\d+)")]
    private static partial Regex ReadyPattern();

    [GeneratedRegex(@"\x1b\[\d+m")]
    private static partial Regex ColourPattern();
}
