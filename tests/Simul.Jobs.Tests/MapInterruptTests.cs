using System.Diagnostics;

namespace Simul.Jobs.Tests;

// What is left when a map is interrupted or killed, and going on from there. Every item leaves a mark in a folder, so that
// items that ran twice would show.
public sealed class MapInterruptTests : IDisposable
{
    private const int Items = 60;
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("threads", "INT")]
    [InlineData("processes", "INT")]
    [InlineData("loop", "KILL")]
    [InlineData("threads", "KILL")]
    [InlineData("processes", "KILL")]
    public void Map_StoppedInTheMiddle_NothingLostNothingTwiceNobodyLeft(string engine, string signal)
    {
        if (!OperatingSystem.IsLinux()) return;
        string[] command = ["map", Tool.Fixtures, "Good.MarkAndSleep", "--inputs", Inputs(), "--engine", engine, "--workers", "2", "--out", _scratch.Out];
        using (var tool = Tool.Start(command))
        {
            var drained = Task.WhenAll(tool.StandardOutput.ReadToEndAsync(), tool.StandardError.ReadToEndAsync());
            WaitUntil(() => File.Exists(_scratch.Out) && new FileInfo(_scratch.Out).Length > 600, "some results", tool);
            var family = Descendants(tool.Id);
            Assert.NotEmpty(family);
            Process.Start("kill", [$"-{signal}", tool.Id.ToString()])!.WaitForExit();
            Assert.True(tool.WaitForExit(15_000), "The tool did not end.");
            if (signal == "INT") Assert.Equal(130, tool.ExitCode);
            WaitUntil(() => family.TrueForAll(pid => !Runs(pid)), "host and workers to end", null);
            Assert.True(drained.Wait(10_000));
        }
        int before = CompleteLines();
        Assert.InRange(before, 1, Items - 1);

        var answer = Tool.Run([.. command, "--resume"]);
        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Contains($"{before} of {Items} items have their results already", answer.Error, StringComparison.Ordinal);
        Assert.Equal(Enumerable.Range(0, Items), _scratch.Results().Keys);
        // No item with a result ran again. Those that were under way when the tool was killed do; on a busy machine the
        // workers may take one more each before they notice.
        int marks = Directory.GetFiles(Marks).Sum(file => File.ReadAllText(file).Length);
        Assert.InRange(marks, Items, Items + (signal == "INT" ? 3 : 8));
    }

    private string Marks => Path.Combine(_scratch.Folder, "marks");

    private string Inputs()
    {
        Directory.CreateDirectory(Marks);
        return _scratch.Inputs(Enumerable.Range(0, Items).Select(i => Path.Combine(Marks, i.ToString())));
    }

    private int CompleteLines() => File.ReadAllText(_scratch.Out).Count(c => c == '\n');

    private static void WaitUntil(Func<bool> condition, string what, Process? tool)
    {
        for (int i = 0; i < 1500; i++)
        {
            if (condition()) return;
            Assert.False(tool is { HasExited: true }, $"The tool ended before {what}.");
            Thread.Sleep(20);
        }
        Assert.Fail($"Waited 30 s for {what}.");
    }

    private static List<int> Descendants(int root)
    {
        var family = new List<int> { root };
        for (int i = 0; i < family.Count; i++)
        {
            foreach (string task in Directory.GetDirectories($"/proc/{family[i]}/task"))
                family.AddRange(File.ReadAllText(Path.Combine(task, "children")).Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse));
        }
        return family[1..];
    }

    // A zombie whose parent has not looked yet no longer runs.
    private static bool Runs(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false;
        }
    }
}
