using System.Collections.Concurrent;
using Xunit.Abstractions;

namespace Simul.Processes.Tests.Faults;

// Every fault at every place, over every transport: it leaves exactly what the documents say, soon, and nothing else.
// A usual run takes each place with some faults, over one of the transports; SIMUL_STRESS=1 all over all.
//
// They count what the whole process has open, so nothing runs beside them.
[CollectionDefinition(nameof(FaultCampaignTests), DisableParallelization = true)]
[Collection(nameof(FaultCampaignTests))]
public sealed partial class FaultCampaignTests(ITestOutputHelper output)
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(30);
    private static readonly bool s_stress = Environment.GetEnvironmentVariable("SIMUL_STRESS") == "1";

    // Of exceptions, and of ends of the process. No end: it would be the parent's own.
    private static readonly (Stage Stage, Outcome Exception, Outcome? End)[] s_promises =
    [
        (Stage.ArgumentEncode, Outcome.Refused, null),
        (Stage.ArgumentDecode, Outcome.Refused, Outcome.Crashed),
        (Stage.Method, Outcome.Thrown, Outcome.Crashed),
        (Stage.AsyncMethod, Outcome.Thrown, Outcome.Crashed),
        (Stage.ResultEncode, Outcome.Refused, Outcome.Crashed),
        (Stage.AsyncResultEncode, Outcome.Refused, Outcome.Crashed),
        (Stage.ResultDecode, Outcome.Refused, null),
        (Stage.Batch, Outcome.Thrown, Outcome.Crashed),
        (Stage.Child, Outcome.Thrown, Outcome.Crashed),
        (Stage.Initializer, Outcome.NotInitialized, Outcome.NotStarted),
        (Stage.Idle, Outcome.Unnoticed, Outcome.Unnoticed), // an exception nobody catches ends the process
        (Stage.Retiring, Outcome.Thrown, Outcome.Crashed),
        (Stage.Ageing, Outcome.Thrown, Outcome.Crashed),
        (Stage.Memory, Outcome.Thrown, Outcome.Crashed),
        (Stage.Spare, Outcome.Thrown, Outcome.Crashed),
        (Stage.Recycling, Outcome.Unnoticed, Outcome.Unnoticed),
        (Stage.Stopping, Outcome.Unnoticed, Outcome.Unnoticed),
    ];

    private readonly ConcurrentBag<WorkerTrace> _workers = [];

    public static TheoryData<Way, Stage, Fault, Outcome> Cells
    {
        get
        {
            var cells = new TheoryData<Way, Stage, Fault, Outcome>();
            foreach (var (stage, exception, end) in s_promises)
            {
                foreach (var fault in Enum.GetValues<Fault>())
                {
                    bool isException = fault is Fault.Throw or Fault.OutOfMemory;
                    if ((isException ? exception : end) is not { } outcome) continue;
                    if (end is null && fault == Fault.OutOfMemory) continue; // the parent's own memory
                    foreach (var way in Enum.GetValues<Way>())
                    {
                        if (s_stress || (IsUsual(stage, fault) && (int)way == ((int)stage + (int)fault) % 2)) cells.Add(way, stage, fault, outcome);
                    }
                }
            }
            return cells;
        }
    }

    [Theory]
    [MemberData(nameof(Cells))]
    public async Task Fault_AnyAnywhere_LeavesWhatIsPromised(Way way, Stage stage, Fault fault, Outcome outcome)
    {
        await WarmUpAsync(way);
        var before = Belongings.Count();
        await (stage switch
        {
            Stage.Batch => BatchAsync(way, fault, outcome),
            Stage.Child => ChildAsync(way, fault, outcome),
            Stage.Initializer => InitializerAsync(way, fault, outcome),
            Stage.Idle => IdleAsync(way, fault),
            Stage.Retiring => RetiringAsync(way, fault, outcome),
            Stage.Ageing => AgeingAsync(way, fault, outcome),
            Stage.Memory => MemoryAsync(way, fault, outcome),
            Stage.Spare => SpareAsync(way, fault, outcome),
            Stage.Recycling => RecyclingAsync(way, fault),
            Stage.Stopping => StoppingAsync(way, fault),
            _ => ItemAsync(way, stage, fault, outcome),
        }).WaitAsync(s_limit);
        await before.AssertKeptAsync(_workers);
    }

    private static bool IsUsual(Stage stage, Fault fault) => stage == Stage.Method || fault is Fault.Throw or Fault.Exit or Fault.Kill;

    private async Task ItemAsync(Way way, Stage stage, Fault fault, Outcome outcome)
    {
        await using var pool = Open(way);
        int before = await ProcessIdAsync(pool);
        var faulty = new Faulty(stage, fault);
        var item = stage is Stage.AsyncMethod or Stage.AsyncResultEncode ? pool.SubmitAsync(FaultyWork.RunAsync, faulty) : pool.SubmitAsync(FaultyWork.Run, faulty);
        await AssertFailsAsync(item, fault, outcome);
        Assert.Equal(outcome != Outcome.Crashed, await ProcessIdAsync(pool) == before);
        Assert.Equal(new Faulty(Stage.Idle, fault), await pool.SubmitAsync(FaultyWork.Run, new Faulty(Stage.Idle, fault)));
        AssertBooks(pool, completed: 3, failed: 1);
    }

    private async Task BatchAsync(Way way, Fault fault, Outcome outcome)
    {
        const int Items = 200, Bad = 70;
        await using var pool = Open(way);
        int ended = 0;
        await foreach (var item in pool.MapOutcomesAsync(Enumerable.Range(0, Items).Select(i => i == Bad ? (int)fault : -1), FaultyWork.RunShort, new MapOptions { ChunkSize = 50 }))
        {
            Assert.Equal(ended++, item.Index);
            if (item.Index == Bad) await AssertFailsAsync(Task.FromException(item.Error!), fault, outcome);
            else Assert.Equal((null, -1), (item.Error, item.Result));
        }
        Assert.Equal(Items, ended);
        AssertBooks(pool, completed: Items - 1, failed: 1);
    }

    private async Task ChildAsync(Way way, Fault fault, Outcome outcome)
    {
        await using var child = ChildProcess.Start(FaultyWork.Run, new Faulty(Stage.Method, fault), new ChildProcessOptions
        {
            OutputHandler = static _ => { },
            Transport = way == Way.SharedMemory ? WorkerTransport.SharedMemory : WorkerTransport.Sockets,
            PortableLaunch = way == Way.Portable,
        });
        _workers.Add(WorkerTrace.Of(child.Id));
        await AssertFailsAsync(child.Completion, fault, outcome);
        await child.Exited;
        Assert.Equal(outcome == Outcome.Thrown ? (1, null) : End(fault), (child.ExitCode, child.Signal));
    }

    private async Task InitializerAsync(Way way, Fault fault, Outcome outcome)
    {
        await using var pool = Open(way, options => options with { Initializer = WorkerInitializer.Create(() => FaultyWork.Commit(fault)) });
        var items = Enumerable.Range(0, 3).Select(i => pool.SubmitAsync(Jobs.Square, i)).ToArray();
        foreach (var item in items) await AssertFailsAsync(item, fault, outcome);
        AssertBooks(pool, completed: 0, failed: 3);
        Assert.Equal(outcome == Outcome.NotStarted ? 3 : 1, pool.GetStatistics().TotalWorkersStarted);
    }

    private async Task IdleAsync(Way way, Fault fault)
    {
        using var signal = ProcessEvent.Create();
        await using var pool = Open(way);
        int before = await pool.SubmitAsync(FaultyWork.Arm, (signal, fault));
        _workers.Add(WorkerTrace.Of(before));
        signal.Set();
        await Until.TrueAsync(() => pool.GetWorkerProcessIds().Count == 0, "worker given up", 30);
        Assert.NotEqual(before, await ProcessIdAsync(pool));
        AssertBooks(pool, completed: 2, failed: 0);
    }

    private async Task RetiringAsync(Way way, Fault fault, Outcome outcome)
    {
        using var deafBegun = ProcessEvent.Create();
        using var begun = ProcessEvent.Create();
        using var signal = ProcessEvent.Create();
        using var cancel = new CancellationTokenSource();
        await using var pool = Open(way);
        int before = await ProcessIdAsync(pool);
        var deaf = pool.SubmitAsync(FaultyWork.DeafAsync, deafBegun, cancellationToken: cancel.Token);
        var item = pool.SubmitAsync(FaultyWork.CommitAfterAsync, (begun, signal, fault));
        await deafBegun.WaitAsync();
        await begun.WaitAsync();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => deaf);
        Assert.False(item.IsCompleted);
        signal.Set();
        await AssertFailsAsync(item, fault, outcome);
        Assert.NotEqual(before, await ProcessIdAsync(pool));
        AssertBooks(pool, completed: 2, failed: 1);
    }

    private async Task StoppingAsync(Way way, Fault fault)
    {
        var pool = Open(way, options => options with { Initializer = WorkerInitializer.Create(() => new FaultyState(fault)) });
        await ProcessIdAsync(pool);
        await pool.DisposeAsync();
        AssertBooks(pool, completed: 1, failed: 0);
    }

    private static async Task AssertFailsAsync(Task item, Fault fault, Outcome outcome)
    {
        switch (outcome)
        {
            case Outcome.Refused:
                var refused = await Assert.ThrowsAsync<WorkSerializationException>(() => item);
                if (fault == Fault.Throw) Assert.Contains("the campaign's", refused.Message);
                Assert.Contains(nameof(Faulty), refused.Message);
                break;
            case Outcome.Thrown when fault == Fault.Throw:
                Assert.Equal("the campaign's", (await Assert.ThrowsAsync<FormatException>(() => item)).Message);
                break;
            case Outcome.Thrown:
                await Assert.ThrowsAsync<OutOfMemoryException>(() => item);
                break;
            case Outcome.Crashed:
                var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => item);
                Assert.Equal(End(fault), (crash.ExitCode, crash.Signal));
                if (fault == Fault.FailFast) Assert.Contains("the campaign's", crash.Message);
                if (fault is Fault.FailFast or Fault.StackOverflow) Assert.Contains(fault == Fault.FailFast ? "FailFast" : "stack overflow", crash.LikelyCause);
                break;
            case Outcome.NotInitialized:
                var uninitialized = await Assert.ThrowsAsync<WorkerInitializationException>(() => item);
                Assert.IsType(fault == Fault.Throw ? typeof(FormatException) : typeof(OutOfMemoryException), uninitialized.InnerException);
                break;
            case Outcome.NotStarted:
                var (code, signal) = End(fault);
                Assert.Contains(signal ?? $"exit code {code}", (await Assert.ThrowsAsync<WorkerStartException>(() => item)).Message);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(outcome), outcome, "No item fails with it.");
        }
    }

    private static (int? ExitCode, string? Signal) End(Fault fault) => fault switch
    {
        Fault.Exit => (FaultyWork.ExitCode, null),
        Fault.SegmentationFault => (null, "SIGSEGV"),
        Fault.Kill => (null, "SIGKILL"),
        _ => (null, "SIGABRT"),
    };

    private static void AssertBooks(ProcessExecutor pool, int completed, int failed)
    {
        var books = pool.GetStatistics();
        Assert.Equal((completed, failed, 0L, 0L), (books.TotalCompleted, books.TotalFailed, books.CurrentQueued, books.CurrentRunning));
    }

    private static ProcessExecutor Open(Way way, Func<ProcessExecutorOptions, ProcessExecutorOptions>? change = null)
    {
        var options = new ProcessExecutorOptions
        {
            Workers = 1,
            Grace = TimeSpan.FromMilliseconds(100),
            OutputHandler = static _ => { },
            Transport = way == Way.SharedMemory ? WorkerTransport.SharedMemory : WorkerTransport.Sockets,
            PortableLaunch = way == Way.Portable,
        };
        return new(change?.Invoke(options) ?? options);
    }

    private async Task<int> ProcessIdAsync(ProcessExecutor pool)
    {
        int id = await pool.SubmitAsync(Jobs.ProcessId);
        _workers.Add(WorkerTrace.Of(id));
        return id;
    }

    // What a process opens once for all its pools is nobody's leak.
    private static async Task WarmUpAsync(Way way)
    {
        if (!s_warm.Add(way)) return;
        using var signal = ProcessEvent.Create(isSet: true);
        await signal.WaitAsync();
        await using var pool = Open(way);
        await pool.SubmitAsync(Jobs.Square, 1);
    }

    private static readonly HashSet<Way> s_warm = [];
}
