using System.Text.Json;

namespace Simul.Cli.Tests;

// Halt policies, time limits, pace, memory.
public sealed class RunLimitTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("simul-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Halt_SoonFail_StartsNoMoreAndLetsTheRestEnd()
    {
        // The second fails while the first runs; the first ends well, the third never begins.
        var result = Tool.Run("run", "-j", "2", "--halt", "soon,fail=1", "--json", "--", "sh", "-c", $"case {{}} in 1) while [ ! -e {_folder}/2 ]; do sleep 0.01; done; sleep 0.2; echo one;; 2) touch {_folder}/2; exit 3;; 3) echo three;; esac", ":::", "1", "2", "3");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("[0] one", result.ErrorLines);
        Assert.DoesNotContain("[2] three", result.ErrorLines);
        Assert.Contains("simul: --halt soon,fail=1 is reached; 1 not started", result.ErrorLines);
        Assert.Equal((1, 1, 1), Counts(result));
    }

    [Fact]
    public void Halt_NowFail_StopsWhatRuns()
    {
        var result = Tool.Run("run", "-j", "2", "--halt", "now,fail=1", "--json", "--", "sh", "-c", "test {} = bad && exit 3; echo $$; exec sleep 300", ":::", "deaf", "bad", "never");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal((0, 1, 2), Counts(result));
        foreach (string line in result.ErrorLines.Where(l => int.TryParse(l.Split(' ')[^1], out _)))
            Assert.False(LiveTool.IsAlive(int.Parse(line.Split(' ')[^1])));
    }

    [Fact]
    public void Halt_NowSuccess_IsExitCodeZeroWithOthersStoppedAndFailed()
    {
        var result = Tool.Run("run", "-j", "3", "--halt", "now,success=1", "--json", "--", "sh", "-c", $"case {{}} in 1) touch {_folder}/1; exit 1;; 2) while [ ! -e {_folder}/1 ]; do sleep 0.01; done; sleep 0.2;; 3) exec sleep 300;; esac", ":::", "1", "2", "3");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal((1, 1, 1), Counts(result));
    }

    [Fact]
    public void Halt_PercentageAndRetries_OnlyTheLastFailureCounts()
    {
        // A fifth of five is one; each fails once and then succeeds.
        var result = Tool.Run("run", "-j", "1", "--halt", "now,fail=20%", "--retries", "1", "--", "sh", "-c", $"test -e {_folder}/{{}} || {{ touch {_folder}/{{}}; exit 1; }}", ":::", "1", "2", "3", "4", "5");
        Assert.Equal(0, result.ExitCode);
        Assert.Contains("5 succeeded, 0 failed, 5 started again", result.Error);
    }

    [Fact]
    public void Halt_Done_EndsAfterSoMany()
    {
        var result = Tool.Run("run", "-j", "1", "--halt", "soon,done=2", "--json", "--", "true", "{}", ":::", "1", "2", "3", "4");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal((2, 0, 2), Counts(result));
    }

    [Fact]
    public void Timeout_EndsTheCommandWithWhatItStarted()
    {
        var result = Tool.Run("run", "--copies", "1", "--timeout", "300ms", "--grace", "200ms", "--json", "--", "sh", "-c", "trap '' TERM; sleep 300 & echo $!; wait; wait; sleep 300");
        Assert.Equal(1, result.ExitCode);
        var attempt = result.Json.GetProperty("results")[0];
        Assert.Equal("ran past its time limit of 300 ms", attempt.GetProperty("error").GetString());
        Assert.Equal(JsonValueKind.Null, attempt.GetProperty("signal").ValueKind);
        int left = int.Parse(result.ErrorLines[0]["[0] ".Length..]);
        LiveTool.Until(() => !LiveTool.IsAlive(left), "the end of what it started");
    }

    [Fact]
    public void Timeout_CommandThatEndsWellWhenAsked_HasFailedAllTheSame()
    {
        var result = Tool.Run("run", "--copies", "1", "--timeout", "300ms", "--", "sh", "-c", "trap 'exit 0' TERM; while true; do sleep 0.02; done");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("[0] simul: failed (ran past its time limit of 300 ms)", result.ErrorLines);
    }

    [Fact]
    public void Timeout_PercentageOfTheMedian_TakesThreeSuccesses()
    {
        var result = Tool.Run("run", "-j", "1", "--timeout", "1000%", "--json", "--", "sleep", "{}", ":::", "0.1", "0.1", "0.1", "300");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(3, result.Json.GetProperty("succeeded").GetInt32());
        Assert.Contains("ran past its time limit", result.Json.GetProperty("results")[3].GetProperty("error").GetString());
    }

    [Fact]
    public void TimeLimit_IsTheMedianOfWhatSucceeded()
    {
        var limit = RunTimeLimit.Parse("200%")!;
        foreach (double seconds in (double[])[5, 1]) limit.Succeeded(seconds);
        Assert.Null(limit.Current);
        limit.Succeeded(3);
        Assert.Equal(TimeSpan.FromSeconds(6), limit.Current);
        limit.Succeeded(100);
        limit.Succeeded(100);
        Assert.Equal(TimeSpan.FromSeconds(10), limit.Current);
    }

    [Fact]
    public void Delay_IsBetweenTheStarts()
    {
        var result = Tool.Run("run", "-j", "3", "--delay", "200ms", "--json", "--", "true", "{}", ":::", "1", "2", "3");
        var starts = result.Json.GetProperty("results").EnumerateArray().Select(r => r.GetProperty("start").GetDateTimeOffset()).Order().ToList();
        Assert.InRange((starts[1] - starts[0]).TotalMilliseconds, 195, 60_000);
        Assert.InRange((starts[2] - starts[1]).TotalMilliseconds, 195, 60_000);
    }

    [Fact]
    public void Nice_IsTheCommandsOwn() => Assert.Equal("[0] 7\n", Tool.Run("run", "--copies", "1", "--nice", "7", "--", "sh", "-c", "sleep 0.2; nice").Out);

    [Fact]
    public void MemoryLimit_GreedyCommand_IsKilledAndSaysSo()
    {
        if (!SystemMemory.IsReadable) return;
        // tail keeps what has no line end.
        var result = Tool.Run("run", "--copies", "1", "--memory-limit", "40M", "--json", "--", "sh", "-c", "{ head -c 100000000 /dev/zero; exec sleep 300; } | tail -n 1");
        Assert.Equal(1, result.ExitCode);
        Assert.Matches("^used .* of memory, more than --memory-limit 40 MiB$", result.Json.GetProperty("results")[0].GetProperty("error").GetString());
    }

    [Fact]
    public void MemoryFree_NeverThere_WaitsAndSaysSoAndCanBeStopped()
    {
        if (!SystemMemory.IsReadable) return;
        using var tool = LiveTool.Start("run", "--copies", "1", "--memory-free", "900T", "--", "echo", "ran");
        tool.WaitFor("--memory-free wants 900 TiB");
        tool.Signal(Libc.SigInt);
        Assert.Equal(130, tool.WaitForEnd().ExitCode);
        Assert.DoesNotContain("ran\n", tool.Text);
    }

    [Fact]
    public void MemoryFree_LittleIsLeft_TheYoungestIsPutBackAndRunsLater()
    {
        if (!OperatingSystem.IsLinux()) return;
        // The program's memory is what a file says. 100 for a start; 40 is less than half; then 100 again.
        string available = Path.Combine(_folder, "available");
        File.WriteAllText(available, "100");
        var start = WorkerHost.CreateStartInfo(typeof(RunLimitTests).Assembly.Location, typeof(RunUnderAFakeMemory), _folder);
        using var tool = new LiveTool([start.FileName, .. start.ArgumentList]);
        LiveTool.Until(() => File.Exists(Path.Combine(_folder, "begun-1")) && File.Exists(Path.Combine(_folder, "begun-2")), "two commands");
        File.WriteAllText(available, "40");
        tool.WaitFor("it will run again");
        Assert.Contains("[1] simul: stopped, since less than half of --memory-free is left", tool.Text);
        File.Delete(Path.Combine(_folder, "begun-2"));
        File.WriteAllText(Path.Combine(_folder, "end-1"), "");
        tool.WaitFor("waiting for memory");
        Assert.False(File.Exists(Path.Combine(_folder, "begun-2")));
        File.WriteAllText(available, "100");
        LiveTool.Until(() => File.Exists(Path.Combine(_folder, "begun-2")), "the second command's next turn");
        File.WriteAllText(Path.Combine(_folder, "end-2"), "");
        Assert.Equal(0, tool.WaitForEnd().ExitCode);
        Assert.Contains("2 succeeded, 0 failed, attempts 1 1", tool.Text);
    }

    private static (int Succeeded, int Failed, int Stopped) Counts(Tool.Result result) =>
        (result.Json.GetProperty("succeeded").GetInt32(), result.Json.GetProperty("failed").GetInt32(), result.Json.GetProperty("stopped").GetInt32());
}
