using Simul.Cli;
using Simul.Cli.Jobs;

namespace Simul.Jobs.Tests;

// Halt policies, the job log, bounds on memory.
public sealed class MapLimitTests : IDisposable
{
    private readonly Scratch _scratch = new();

    public void Dispose() => _scratch.Dispose();

    [Theory]
    [InlineData("sync")]
    [InlineData("loop")]
    [InlineData("threads")]
    [InlineData("processes")]
    public void Halt_SoonFail_BeginsNoMoreAndResumeGoesOn(string engine)
    {
        string[] more = engine is "sync" or "loop" ? ["--halt", "soon,fail=1"] : ["--halt", "soon,fail=1", "--workers", "1"];
        var answer = Map("Bad.Throw", _scratch.Inputs("a", "throw", "b", "c"), engine, more);
        Assert.True(answer.Code == 1, answer.ToString());
        Assert.Equal([0, 1], _scratch.Results().Keys);
        Assert.Contains("--halt soon,fail=1 is reached: 1 of 4 items have results, 1 failed", answer.Error, StringComparison.Ordinal);
        Assert.Equal(1, Map("Bad.Throw", _scratch.Inputs("a", "throw", "b", "c"), engine, "--resume").Code);
        Assert.Equal([0, 1, 2, 3], _scratch.Results().Keys);
    }

    [Theory]
    [InlineData("threads")]
    [InlineData("processes")]
    public void Halt_NowSuccess_StopsTheOthersWithExitCode0(string engine)
    {
        var answer = Map("Bad.Never", _scratch.Inputs("never", "a", "never"), engine, "--workers", "3", "--halt", "now,success=1");
        Assert.True(answer.Code == 0, answer.ToString());
        Assert.Equal([1], _scratch.Results().Keys);
    }

    [Fact]
    public void Halt_Percentage_IsOfAllThatIsToDo()
    {
        var answer = Map("Bad.Throw", _scratch.Inputs("throw", "a", "throw", "b", "c", "d"), "threads", "--workers", "1", "--halt", "now,fail=30%");
        Assert.True(answer.Code == 1, answer.ToString());
        Assert.Equal([0, 1, 2], _scratch.Results().Keys);
    }

    [Fact]
    public void JobLog_OneLineAnAttemptInParallelsColumns()
    {
        string log = Path.Combine(_scratch.Folder, "log");
        Map("Bad.Throw", _scratch.Inputs("a b", "throw"), "threads", "--workers", "1", "--retries", "1", "--joblog", log);
        string[] lines = File.ReadAllLines(log);
        Assert.Equal("Seq\tHost\tStarttime\tJobRuntime\tSend\tReceive\tExitval\tSignal\tCommand", lines[0]);
        var columns = lines[1..].Select(l => l.Split('\t')).ToList();
        Assert.Equal([("1", "0", "5"), ("2", "1", "0"), ("2", "1", "0")], columns.Select(c => (c[0], c[6], c[5])));
        Assert.Equal("Bad.Throw 'a b'", columns[0][8]);
        Assert.All(columns, c => Assert.Matches(@"^\d{10}\.\d{3}$", c[2]));
    }

    [Fact]
    public void JobLog_OfALimit_HasMinusOne()
    {
        string log = Path.Combine(_scratch.Folder, "log");
        Map("Bad.Never", _scratch.Inputs("never"), "processes", "--timeout", "500ms", "--joblog", log);
        string[] columns = File.ReadAllLines(log)[1].Split('\t');
        Assert.Equal("-1", columns[6]);
        Assert.InRange(double.Parse(columns[3], System.Globalization.CultureInfo.InvariantCulture), 0.4, 60);
    }

    [Fact]
    public void MemoryLimit_GreedyItem_FailsAloneWithBothAmounts()
    {
        if (!SystemMemory.IsReadable) return;
        var answer = Map("Bad.Greedy", _scratch.Inputs("a", "greedy", "b", "c"), "processes", "--workers", "2", "--memory-limit", "300M");
        Assert.True(answer.Code == 1, answer.ToString());
        var results = _scratch.Results();
        Assert.Equal([0, 1, 2, 3], results.Keys);
        Assert.Equal("c", results[3].GetProperty("result").GetString());
        var error = results[1].GetProperty("error");
        Assert.Equal("System.InsufficientMemoryException", error.GetProperty("type").GetString());
        Assert.Matches("^used .* of memory, more than --memory-limit 300 MiB$", error.GetProperty("message").GetString());
    }

    [Fact]
    public async Task MemoryFree_LittleIsLeft_TheYoungestIsPutBackAndRunsLater()
    {
        if (!OperatingSystem.IsLinux()) return;
        string[] inputs = [Path.Combine(_scratch.Folder, "one"), Path.Combine(_scratch.Folder, "two")];
        var memory = new Fake { AvailableBytes = 100 };
        var plan = new JobPlan("Good.BeginAndWait", "processes", inputs)
        {
            Workers = 2,
            Memory = new MemoryGuard(memory, 100, null, TimeProvider.System),
        };
        var map = MapJob.RunAsync(Tool.Fixtures, plan, _scratch.Out, null, resume: false, CancellationToken.None);
        await UntilAsync(() => inputs.All(Begun), "both items");
        memory.AvailableBytes = 40; // less than half
        // One of the two is killed, and nothing begins; which of them is the youngest is the workers' affair.
        await UntilAsync(() => memory.Looks > 20, "some looks");
        Assert.All(inputs, i => Assert.Equal(1, Times(i)));
        memory.AvailableBytes = 100;
        await UntilAsync(() => inputs.Sum(Times) == 3, "the next turn of the one that was put back");
        foreach (string input in inputs) File.WriteAllText(input + ".end", "");
        Assert.Equal(0, await map);
        Assert.Equal([0, 1], _scratch.Results().Keys);
        Assert.Equal(3, inputs.Sum(Times));
    }

    [Theory]
    [InlineData("threads", "--memory-limit", "1G", "--memory-limit needs --engine processes")]
    [InlineData("loop", "--memory-free", "1G", "--memory-free needs --engine processes")]
    [InlineData("threads", "--halt", "nevr", "did you mean 'never'?")]
    [InlineData("threads", "--memory-fre", "1G", "Did you mean '--memory-free'?")]
    [InlineData("threads", "--joblog", "/no/such/folder/x", "--joblog: cannot write")]
    public void BadUsage_NamesTheOptionAndTheMend(string engine, string option, string value, string sentence)
    {
        var answer = Map("Good.Echo", _scratch.Inputs("a"), engine, option, value);
        Assert.True(answer.Code == 2, answer.ToString());
        Assert.Contains(sentence, answer.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch.Out));
    }

    [Fact]
    public void MemoryLimit_OfAnAsynchronousMethod_IsRefusedAndNothingWritten()
    {
        if (!SystemMemory.IsReadable) return;
        string log = Path.Combine(_scratch.Folder, "log");
        File.WriteAllText(log, "an earlier one");
        var answer = Map("Good.DoubleAsync", _scratch.Inputs("1"), "processes", "--memory-limit", "1G", "--joblog", log);
        Assert.True(answer.Code == 2, answer.ToString());
        Assert.Contains("synchronous methods", answer.Error, StringComparison.Ordinal);
        Assert.False(File.Exists(_scratch.Out));
        Assert.Equal("an earlier one", File.ReadAllText(log));
    }

    [Fact]
    public void Compare_Timeout_ItemThatNeverEndsFailsOnTheProcessEngine()
    {
        var answer = Tool.Run(120, "compare", Tool.Fixtures, "Bad.Never", "--inputs", _scratch.Inputs("a", "never", "b"), "--engines", "processes", "--timeout", "1s", "--json");
        var engine = System.Text.Json.JsonDocument.Parse(answer.Out).RootElement.GetProperty("engines")[0];
        Assert.Equal(1, engine.GetProperty("failed").GetInt32());
        Assert.Contains("TimeoutException", engine.GetProperty("note").GetString(), StringComparison.Ordinal);
    }

    private static bool Begun(string input) => File.Exists(input + ".begun");

    private static int Times(string input) => (int)new FileInfo(input + ".begun").Length;

    private static async Task UntilAsync(Func<bool> condition, string what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < TimeSpan.FromSeconds(60), $"Not within 60 s: {what}");
            await Task.Delay(5);
        }
    }

    private Tool.Answer Map(string method, string inputs, string engine, params string[] more) =>
        Tool.Run(["map", Tool.Fixtures, method, "--inputs", inputs, "--engine", engine, "--out", _scratch.Out, .. more]);

    private sealed class Fake : IMemoryReader
    {
        private long _available;
        private int _looks;

        public long AvailableBytes
        {
            get => Volatile.Read(ref _available);
            set => Volatile.Write(ref _available, value);
        }

        public int Looks => Volatile.Read(ref _looks);

        public long Available()
        {
            Interlocked.Increment(ref _looks);
            return AvailableBytes;
        }

        public long OfTree(int process) => 0;
    }
}
