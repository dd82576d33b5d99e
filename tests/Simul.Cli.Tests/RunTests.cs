using System.Text.Json;

namespace Simul.Cli.Tests;

public sealed class RunTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("simul-run-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void Copies_AllSucceed_PrefixedLinesAndZero()
    {
        var result = Tool.Run("run", "--copies", "3", "--", "sh", "-c", "echo copy $SIMUL_INDEX of $SIMUL_COUNT");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["[0] copy 0 of 3", "[1] copy 1 of 3", "[2] copy 2 of 3"], result.OutLines.Order());
    }

    [Fact]
    public void Copies_OneFails_ExitCodeOneAndItsReason()
    {
        var result = Tool.Run("run", "--copies", "3", "--", "sh", "-c", "exit $SIMUL_INDEX");
        Assert.Equal(1, result.ExitCode);
        Assert.Contains("[2] simul: failed (exit code 2)", result.ErrorLines);
        Assert.Contains("3 commands: 1 succeeded, 2 failed", result.Error);
    }

    [Fact]
    public void Copies_KilledBySignal_IsNamed()
    {
        var result = Tool.Run("run", "--copies", "1", "--json", "--", "sh", "-c", "kill -SEGV $$");
        Assert.Equal(1, result.ExitCode);
        var attempt = result.Json.GetProperty("results")[0];
        Assert.Equal("SIGSEGV", attempt.GetProperty("signal").GetString());
        Assert.Equal(JsonValueKind.Null, attempt.GetProperty("exit_code").ValueKind);
    }

    [Fact]
    public void Copies_StandardError_StaysApart()
    {
        var result = Tool.Run("run", "--copies", "1", "--", "sh", "-c", "echo out; echo error >&2");
        Assert.Equal("[0] out\n", result.Out);
        Assert.Equal("[0] error\n", result.Error);
    }

    [Fact]
    public void Copies_LastLineWithoutEnd_IsPrinted() =>
        Assert.Equal("[0] a\n[0] b\n", Tool.Run("run", "--copies", "1", "--", "printf", "a\\nb").Out);

    [Fact]
    public void Copies_MuchOutput_NothingIsLost()
    {
        var result = Tool.Run("run", "--copies", "2", "--", "seq", "1", "50000");
        Assert.Equal(0, result.ExitCode);
        for (int copy = 0; copy < 2; copy++)
            Assert.Equal(Enumerable.Range(1, 50_000).Select(n => $"[{copy}] {n}"), result.OutLines.Where(l => l.StartsWith($"[{copy}]", StringComparison.Ordinal)));
    }

    [Fact]
    public void Copies_OptionsOfTheCommand_AreLeftAlone() =>
        Assert.Equal("[0] --copies 7 --json -- @x\n", Tool.Run("run", "--copies", "1", "--", "echo", "--copies", "7", "--json", "--", "@x").Out);

    [Fact]
    public void Copies_ReadingInput_GetItsEndAtOnce() =>
        Assert.Equal(0, Tool.Run("run", "--copies", "2", "--", "cat").ExitCode);

    [Fact]
    public void Copies_Json_NothingElseOnStandardOutput()
    {
        var result = Tool.Run("run", "--copies", "2", "--json", "--", "echo", "hello");
        Assert.Single(result.OutLines);
        Assert.Equal(["jobs", "succeeded", "failed", "stopped", "retried", "wall_s", "results"], result.Json.EnumerateObject().Select(p => p.Name));
        Assert.Contains("[1] hello", result.ErrorLines);
    }

    [Fact]
    public void Copies_LeftBehindChild_EndsWithItsParent()
    {
        var result = Tool.Run("run", "--copies", "1", "--", "sh", "-c", "sleep 300 & echo $!");
        int left = int.Parse(result.OutLines[0]["[0] ".Length..]);
        LiveTool.Until(() => !LiveTool.IsAlive(left), "the end of the child that was left behind");
    }

    [Fact]
    public void Each_Items_AreSubstitutedAsTheyAre()
    {
        string items = Write("items", "plain\n\nwith space\r\n\"quote\" $HOME `x`; rm\n");
        var result = Tool.Run("run", "--each", items, "--jobs", "1", "--", "echo", "<{}>");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["[0] <plain>", "[1] <with space>", "[2] <\"quote\" $HOME `x`; rm>"], result.OutLines);
    }

    [Fact]
    public void Each_StandardInput_IsAList()
    {
        var result = Tool.Execute("dotnet", [Tool.Assembly, "run", "--each", "-", "--jobs", "1", "--", "sh", "-c", "echo item $SIMUL_ITEM"], input: "a\nb");
        Assert.Equal(["[0] item a", "[1] item b"], result.OutLines);
    }

    [Fact]
    public void Each_Jobs_LimitsHowManyRun()
    {
        // Each command counts who runs beside it; with two at a time nobody ever sees three.
        string items = Write("items", string.Join('\n', Enumerable.Range(0, 12)));
        string running = Directory.CreateDirectory(Path.Combine(_folder, "running")).FullName;
        var result = Tool.Run("run", "--each", items, "--jobs", "2", "--", "sh", "-c", $"touch {running}/{{}}; ls {running} | wc -l; sleep 0.02; rm {running}/{{}}");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(12, result.OutLines.Length);
        Assert.All(result.OutLines, line => Assert.InRange(int.Parse(line.Split(' ')[^1]), 1, 2));
    }

    [Fact]
    public void Each_CommandOfTheItem_MissingOneFailsAlone()
    {
        string items = Write("items", "true\nno-such-command\n");
        var result = Tool.Run("run", "--each", items, "--json", "--", "{}");
        Assert.Equal(1, result.ExitCode);
        Assert.Equal(1, result.Json.GetProperty("succeeded").GetInt32());
        Assert.Contains("cannot start 'no-such-command'", result.Json.GetProperty("results")[1].GetProperty("error").GetString());
    }

    [Fact]
    public void Retries_SucceedsAtLast_IsSuccess()
    {
        string marks = Path.Combine(_folder, "marks");
        var result = Tool.Run("run", "--copies", "1", "--retries", "3", "--json", "--", "sh", "-c", $"echo x >>{marks}; test $(wc -l <{marks}) -ge 3");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(2, result.Json.GetProperty("retried").GetInt32());
        Assert.Equal(3, result.Json.GetProperty("results")[0].GetProperty("attempt").GetInt32());
    }

    [Fact]
    public void Log_EveryAttempt_IsOneLine()
    {
        string log = Path.Combine(_folder, "log.jsonl");
        string items = Write("items", "a\nb\n");
        var result = Tool.Run("run", "--each", items, "--retries", "1", "--log", log, "--", "test", "{}", "=", "a");
        Assert.Equal(1, result.ExitCode);
        var lines = File.ReadAllLines(log).Select(l => JsonDocument.Parse(l).RootElement).ToList();
        Assert.Equal(3, lines.Count);
        Assert.All(lines, l => Assert.Equal(
            ["index", "item", "command", "attempt", "pid", "start", "duration_s", "exit_code", "signal", "error", "cpu_s"],
            l.EnumerateObject().Select(p => p.Name)));
        Assert.Equal([1, 2], lines.Where(l => l.GetProperty("item").GetString() == "b").Select(l => l.GetProperty("attempt").GetInt32()));
    }

    [Fact]
    public void Copies_Fifty_AllRun()
    {
        var result = Tool.Run("run", "--copies", "50", "--json", "--", "true");
        Assert.Equal(50, result.Json.GetProperty("succeeded").GetInt32());
    }

    private string Write(string name, string text)
    {
        string path = Path.Combine(_folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
