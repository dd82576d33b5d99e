namespace Simul.Cli.Tests;

// What GNU parallel's users expect: lists behind :::, output modes, the job log.
public sealed class RunParallelTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("simul-run-").FullName;

    private string JobLog => Path.Combine(_folder, "log");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public void List_BehindTheCommand_IsTheItems()
    {
        Assert.Equal("[0] <a>\n[1] <b c>\n", Tool.Run("run", "-j", "1", "--", "echo", "<{}>", ":::", "a", "b c").Out);
        // Without a place it is the last word.
        Assert.Equal("[0] x a\n[1] x b\n", Tool.Run("run", "-j", "1", "--", "echo", "x", ":::", "a", "b").Out);
        // Of a copy it is a word like others.
        Assert.Equal("[0] x ::: {} {#}\n", Tool.Run("run", "--copies", "1", "--", "echo", "x", ":::", "{}", "{#}").Out);
    }

    [Fact]
    public void ReplacementStrings_OfAPath()
    {
        var result = Tool.Run("run", "--no-prefix", "--", "echo", "{.} {/} {//} {/.} {#} {%}", ":::", "/a/b.c");
        Assert.Equal("/a/b b.c /a b 1 1\n", result.Out);
    }

    [Fact]
    public void Slots_AreReusedAndNeverShared()
    {
        var result = Tool.Run("run", "-j", "2", "--no-prefix", "--", "sh", "-c", $"mkdir {_folder}/{{%}} && test $SIMUL_SLOT = {{%}} && sleep 0.02 && rmdir {_folder}/{{%}} && echo {{%}}", ":::", "1", "2", "3", "4", "5", "6");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal(["1", "2"], result.OutLines.Distinct().Order());
    }

    [Fact]
    public void KeepOrder_LinesOfACommandTogetherAndInOrder()
    {
        // The later ones end first.
        string script = $"echo begin {{}}; case {{}} in 3) touch {_folder}/3;; 2) while [ ! -e {_folder}/3 ]; do sleep 0.01; done; touch {_folder}/2;; 1) while [ ! -e {_folder}/2 ]; do sleep 0.01; done;; esac; echo end {{}}; echo error {{}} >&2";
        var result = Tool.Run("run", "-j", "3", "-k", "--no-prefix", "--", "sh", "-c", script, ":::", "1", "2", "3");
        Assert.Equal(["begin 1", "end 1", "begin 2", "end 2", "begin 3", "end 3"], result.OutLines);
        Assert.Equal(["error 1", "error 2", "error 3"], result.ErrorLines[..3]);
    }

    [Fact]
    public void Group_LinesOfACommandTogetherAsTheyEnd()
    {
        string script = $"echo begin {{}}; case {{}} in 2) sleep 0.1; touch {_folder}/2;; 1) while [ ! -e {_folder}/2 ]; do sleep 0.01; done; sleep 0.2;; esac; echo end {{}}";
        var result = Tool.Run("run", "-j", "2", "--group", "--", "sh", "-c", script, ":::", "1", "2");
        Assert.Equal(["[1] begin 2", "[1] end 2", "[0] begin 1", "[0] end 1"], result.OutLines);
    }

    [Fact]
    public void KeepOrder_LargeOutput_WaitsWithoutLoss()
    {
        var result = Tool.Run("run", "-j", "2", "-k", "--no-prefix", "--", "sh", "-c", $"test {{}} = 2 && {{ seq 1 300000; touch {_folder}/2; exit; }}; while [ ! -e {_folder}/2 ]; do sleep 0.01; done; echo first", ":::", "1", "2");
        Assert.Equal(["first", .. Enumerable.Range(1, 300_000).Select(i => i.ToString())], result.OutLines);
    }

    [Fact]
    public void KeepOrder_StoppedRun_StillPrintsWhatThereIs()
    {
        var result = Tool.Run("run", "-j", "2", "-k", "--halt", "now,fail=1", "--", "sh", "-c", $"test {{}} = 2 && {{ while [ ! -e {_folder}/1 ]; do sleep 0.01; done; echo two; exit 1; }}; echo one; touch {_folder}/1; exec sleep 300", ":::", "1", "2", "3");
        Assert.Equal(["[0] one", "[1] two"], result.OutLines);
    }

    [Fact]
    public void Tag_IsTheItemAndATab() => Assert.Equal("a\tx a\nb\tx b\n", Tool.Run("run", "-j", "1", "--tag", "--", "echo", "x", ":::", "a", "b").Out);

    [Fact]
    public void DryRun_PrintsCommandsForAShellAndRunsNone()
    {
        var result = Tool.Run("run", "--dry-run", "-j", "2", "--", "touch", _folder + "/{}", "{%}", ":::", "a b", "c");
        Assert.Equal(0, result.ExitCode);
        Assert.Equal([$"touch '{_folder}/a b' 1", $"touch {_folder}/c 2"], result.OutLines);
        Assert.Empty(Directory.GetFiles(_folder));
    }

    [Fact]
    public void JobLog_HasParallelsColumns()
    {
        Tool.Run("run", "-j", "1", "--joblog", JobLog, "--timeout", "1s", "--", "sh", "-c", "{}", ":::", "echo four", "exit 3", "kill -9 $$", "exec sleep 300", "echo a\necho b");
        string[] lines = File.ReadAllLines(JobLog);
        Assert.Equal("Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand", lines[0]);
        var columns = lines[1..].Select(l => l.Split('\t')).ToList();
        Assert.All(columns, c => Assert.Equal(9, c.Length));
        Assert.Equal(["1", "2", "3", "4", "5"], columns.Select(c => c[0]));
        Assert.All(columns, c => Assert.Equal(":", c[1]));
        Assert.All(columns, c => Assert.Matches(@"^\d{10}\.\d{3}$", c[2]));
        Assert.All(columns, c => Assert.Matches(@"^ *\d+\.\d{3}$", c[3]));
        Assert.Equal([("5", "0", "0"), ("0", "3", "0"), ("0", "0", "9"), ("0", "-1", "15"), ("4", "0", "0")], columns.Select(c => (c[5], c[6], c[7])));
        Assert.Equal("sh -c 'exit 3'", columns[1][8]);
    }

    [Fact]
    public void Resume_RunsWhatFailedAndWhatIsNewAndNothingElse()
    {
        string script = $"echo x >>{_folder}/ran-{{}}; test -e {_folder}/well || test {{}} != 2";
        var first = Tool.Run("run", "-j", "1", "--halt", "soon,fail=1", "--joblog", JobLog, "--", "sh", "-c", script, ":::", "1", "2", "3");
        Assert.Equal(1, first.ExitCode);
        File.AppendAllText(JobLog, "3\t:\t17"); // torn by a kill
        File.WriteAllText(Path.Combine(_folder, "well"), "");
        var second = Tool.Run("run", "-j", "1", "--resume", "--joblog", JobLog, "--json", "--", "sh", "-c", script, ":::", "1", "2", "3");
        Assert.Equal(0, second.ExitCode);
        Assert.Contains("simul: 1 of 3 commands have succeeded already.", second.ErrorLines);
        Assert.Equal(2, second.Json.GetProperty("jobs").GetInt32());
        Assert.Equal([1, 2, 1], Enumerable.Range(1, 3).Select(i => File.ReadAllLines(Path.Combine(_folder, $"ran-{i}")).Length));
        var third = Tool.Run("run", "-j", "1", "--resume", "--joblog", JobLog, "-k", "--", "sh", "-c", script, ":::", "1", "2", "3");
        Assert.Equal(0, third.ExitCode);
        Assert.Contains("nothing is left to run", third.Error);
        var other = Tool.Run("run", "--resume", "--joblog", JobLog, "--", "sh", "-c", "true", ":::", "1", "2", "3");
        Assert.Equal(2, other.ExitCode);
        Assert.Contains("belongs to another run: its command 1 is", other.Error);
        Assert.Contains("leave --resume out", other.Error);
    }

    [Fact]
    public void Resume_NoLogYet_BeginsAnew()
    {
        Assert.Equal(0, Tool.Run("run", "--resume", "--joblog", JobLog, "--", "true", ":::", "1").ExitCode);
        Assert.Equal(2, File.ReadAllLines(JobLog).Length);
    }
}
