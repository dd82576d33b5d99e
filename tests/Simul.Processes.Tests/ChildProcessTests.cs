using System.Collections.Concurrent;

namespace Simul.Processes.Tests;

public abstract class ChildProcessTests(Way way)
{
    protected ChildProcessOptions Options { get; } = new()
    {
        Transport = way == Way.SharedMemory ? WorkerTransport.SharedMemory : WorkerTransport.Sockets,
        PortableLaunch = way == Way.Portable,
        OutputHandler = _ => { },
    };

    [Fact]
    public async Task Start_EveryShapeWithAResult_DeliversIt()
    {
        int captured = 7;
        ChildProcess<int>[] children =
        [
            ChildProcess.Start(static () => 6, Options),
            ChildProcess.Start(() => captured, Options),
            ChildProcess.Start(static token => token.CanBeCanceled ? 8 : 0, Options),
            ChildProcess.Start(static async () => await Jobs.DelayAsync(9), Options),
            ChildProcess.Start(static async token => await Jobs.DelayAsync(token.CanBeCanceled ? 10 : 0), Options),
        ];
        int[] results = await Task.WhenAll(children.Select(c => c.Completion));
        Assert.Equal([6, 7, 8, 9, 10], results);
        await DisposeAllAsync(children);
        children =
        [
            ChildProcess.Start(Jobs.Square, 3, Options),
            ChildProcess.Start(static (int x, CancellationToken token) => token.CanBeCanceled ? x : 0, 4, Options),
            ChildProcess.Start(Jobs.DelayAsync, 5, Options),
            ChildProcess.Start(static async (int x, CancellationToken token) => await Jobs.DelayAsync(token.CanBeCanceled ? x : 0), 6, Options),
        ];
        results = await Task.WhenAll(children.Select(c => c.Completion));
        Assert.Equal([9, 4, 5, 6], results);
        await DisposeAllAsync(children);
        Assert.All(children, c => Assert.Equal((0, null), (c.ExitCode, c.Signal)));
    }

    [Fact]
    public async Task Start_EveryShapeWithoutAResult_RunsIt()
    {
        using var folder = new Folder();
        string path = folder["a"];
        ChildProcess[] children =
        [
            ChildProcess.Start(() => File.WriteAllText(path + "1", ""), Options),
            ChildProcess.Start(token => File.WriteAllText(path + (token.CanBeCanceled ? "2" : "x"), ""), Options),
            ChildProcess.Start(async () => await File.WriteAllTextAsync(path + "3", ""), Options),
            ChildProcess.Start(async token => await File.WriteAllTextAsync(path + "4", "", token), Options),
            ChildProcess.Start(static (string p) => File.WriteAllText(p + "5", ""), path, Options),
            ChildProcess.Start(static (string p, CancellationToken token) => File.WriteAllText(p + (token.CanBeCanceled ? "6" : "x"), ""), path, Options),
            ChildProcess.Start(static async (string p) => await File.WriteAllTextAsync(p + "7", ""), path, Options),
            ChildProcess.Start(static async (string p, CancellationToken token) => await File.WriteAllTextAsync(p + "8", "", token), path, Options),
        ];
        foreach (var child in children) await child;
        await DisposeAllAsync(children);
        Assert.All(children, c => Assert.Equal(0, c.ExitCode));
        Assert.Equal(Enumerable.Range(1, 8).Select(i => $"a{i}"), Directory.GetFiles(Path.GetDirectoryName(path)!).Select(Path.GetFileName).Order());
    }

    [Fact]
    public async Task Child_HasAProcessOfItsOwn_AndIsGoneWhenItHasExited()
    {
        await using var child = ChildProcess.Start(Jobs.ProcessId, Options with { Name = "knight" });
        Assert.Equal("knight", child.Name);
        int pid = await child;
        Assert.Equal(child.Id, pid);
        Assert.NotEqual(Environment.ProcessId, pid);
        await child.WaitForExitAsync();
        Assert.True(child.HasExited);
        Assert.Equal(0, child.ExitCode);
        Assert.False(Until.Lives(pid));
    }

    [Fact]
    public async Task Where_InTheChild_IsItsName()
    {
        await using var child = ChildProcess.Start(Jobs.Where, Options with { Name = "rook" });
        Assert.Equal(("processes", "rook", true), await child);
    }

    [Fact]
    public async Task Exception_OfTheMethod_ComesBackWithItsTraceAndExitCode1()
    {
        await using var child = ChildProcess.Start(Jobs.Throw, "checkmate", Options);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => child.Completion);
        Assert.Equal("checkmate", error.Message);
        Assert.Contains(nameof(Jobs.Throw), error.StackTrace);
        await child.WaitForExitAsync();
        Assert.Equal((1, null), (child.ExitCode, child.Signal));
        await using var asynchronous = ChildProcess.Start(Jobs.ThrowAsync, "stalemate", Options);
        Assert.Contains("stalemate", (await Assert.ThrowsAsync<ArgumentException>(async () => await asynchronous)).Message);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(0)]
    [InlineData(137)]
    public async Task EnvironmentExit_InTheMethod_IsTheExitCodeAndNoResult(int code)
    {
        await using var child = ChildProcess.Start(Jobs.Exit, code, Options);
        var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => child.Completion);
        Assert.Equal((code, null), (error.ExitCode, error.Signal));
        Assert.Contains("Environment.Exit", error.LikelyCause);
        await child.Exited;
        Assert.Equal((code, null), (child.ExitCode, child.Signal));
    }

    [Fact]
    public async Task Terminate_EndsItBySigterm()
    {
        using var folder = new Folder();
        await using var child = ChildProcess.Start(Jobs.Spin, folder["begun"], Options);
        await Until.WrittenAsync(folder["begun"]);
        Assert.Null(child.ExitCode);
        child.Terminate();
        var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => child.Completion);
        Assert.Contains("Terminate was called", error.LikelyCause);
        await child.Exited;
        Assert.Equal((null, "SIGTERM"), (child.ExitCode, child.Signal));
        child.Terminate(); // no effect, and hits nobody else
    }

    [Fact]
    public async Task Terminate_OfAMethodThatHandlesIt_IsItsToDecide()
    {
        using var folder = new Folder();
        await using var child = ChildProcess.Start(HandleTermination, folder["begun"], Options);
        await Until.WrittenAsync(folder["begun"]);
        child.Terminate();
        Assert.Equal("SIGTERM heard", await child);
        await child.Exited;
        Assert.Equal(0, child.ExitCode);
    }

    [Fact]
    public async Task Kill_TakesWhatItStartedAlong()
    {
        using var folder = new Folder();
        await using var child = ChildProcess.Start(StartAndSpin, folder["begun"], Options);
        await Until.WrittenAsync(folder["begun"]);
        int grandchild = int.Parse(File.ReadAllText(folder["begun"]));
        Assert.True(Until.Lives(grandchild));
        child.Kill();
        var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => child.Completion);
        Assert.Contains("Kill was called", error.LikelyCause);
        await child.Exited;
        Assert.Equal((null, "SIGKILL"), (child.ExitCode, child.Signal));
        await Until.GoneAsync(grandchild);
    }

    [Fact]
    public async Task Crash_FromOutside_SaysSoWithItsLastWords()
    {
        await using var killed = ChildProcess.Start(Jobs.KillMyself, 9, Options);
        Assert.Contains("from outside", (await Assert.ThrowsAsync<WorkerCrashedException>(() => killed.Completion)).LikelyCause);
        await using var failed = ChildProcess.Start(Jobs.FailFast, "checkmate", Options);
        var error = await Assert.ThrowsAsync<WorkerCrashedException>(() => failed.Completion);
        Assert.Contains("checkmate", error.StandardErrorTail);
        Assert.Equal("SIGABRT", error.Signal);
    }

    [Fact]
    public async Task Crash_BeforeTheMethodBegins_IsAStartThatFailed()
    {
        // No runtime comes up with this.
        var options = Options with { Environment = new Dictionary<string, string?> { ["DOTNET_GCHeapHardLimit"] = "1" } };
        var error = await Assert.ThrowsAsync<WorkerStartException>(async () =>
        {
            await using var child = ChildProcess.Start(Jobs.ProcessId, options);
            await child;
        });
        Assert.Contains("GC heap", error.Message);
    }

    [Fact]
    public async Task Cancel_OfAListeningMethod_EndsItAsCancelled()
    {
        using var folder = new Folder();
        await using var child = ChildProcess.Start(Jobs.UntilCancelled, folder["begun"], Options with { Grace = TimeSpan.FromSeconds(30) });
        await Until.WrittenAsync(folder["begun"]);
        child.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => child.Completion);
        await child.Exited;
        Assert.Equal((1, null), (child.ExitCode, child.Signal));
    }

    [Fact]
    public async Task Cancel_OfADeafMethod_KillsItAfterTheGrace()
    {
        using var folder = new Folder();
        using var cancel = new CancellationTokenSource();
        await using var child = ChildProcess.Start(Jobs.Spin, folder["begun"], Options with { Grace = TimeSpan.FromMilliseconds(100) }, cancel.Token);
        await Until.WrittenAsync(folder["begun"]);
        cancel.Cancel();
        Assert.Equal(cancel.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => child.Completion)).CancellationToken);
        await child.Exited;
        Assert.Equal("SIGKILL", child.Signal);
    }

    [Fact]
    public async Task Cancel_OfAnAsynchronousMethod_IsItsNextCheckpoint()
    {
        await using var child = ChildProcess.Start(static async token =>
        {
            await Task.Delay(Timeout.Infinite, token);
            return 0;
        }, Options with { Grace = TimeSpan.FromSeconds(30) });
        child.Cancel(); // perhaps before it has begun
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => child.Completion);
        await child.Exited;
        Assert.Equal(1, child.ExitCode);
    }

    [Fact]
    public void Start_WithACancelledToken_StartsNothing() =>
        Assert.Throws<OperationCanceledException>(() => ChildProcess.Start(Jobs.ProcessId, Options, new CancellationToken(canceled: true)));

    [Fact]
    public async Task ForegroundThreads_AreJoinedBeforeTheExit()
    {
        using var folder = new Folder();
        await using var child = ChildProcess.Start(LeaveAThread, (folder["gate"], folder["end"]), Options with { Grace = TimeSpan.FromSeconds(30) });
        Assert.Equal(1, await child);
        Assert.False(await child.WaitForExitAsync(TimeSpan.FromMilliseconds(200)));
        File.WriteAllText(folder["gate"], "");
        Assert.True(await child.WaitForExitAsync(TimeSpan.FromSeconds(20)));
        Assert.True(File.Exists(folder["end"]));
        Assert.Equal(0, child.ExitCode);
    }

    [Fact]
    public async Task Dispose_WhileTheMethodRuns_KillsIt()
    {
        using var folder = new Folder();
        var child = ChildProcess.Start(Jobs.Spin, folder["begun"], Options);
        await Until.WrittenAsync(folder["begun"]);
        await child.DisposeAsync();
        Assert.Equal("SIGKILL", child.Signal);
        Assert.Contains("disposed", (await Assert.ThrowsAsync<WorkerCrashedException>(() => child.Completion)).LikelyCause);
        await child.DisposeAsync();
    }

    [Fact]
    public async Task Exited_OfSeveralChildren_WorksWithWhenEach()
    {
        using var folder = new Folder();
        var slow = ChildProcess.Start(Jobs.Gated, (folder["log"], folder["gate"], 1), Options);
        var quick = ChildProcess.Start(Jobs.Exit, 5, Options);
        var order = new List<Task>();
        await foreach (var ended in Task.WhenEach(slow.Exited, quick.Exited))
        {
            order.Add(ended);
            File.WriteAllText(folder["gate"], "");
        }
        Assert.Equal([quick.Exited, slow.Exited], order);
        Assert.Equal((5, 0), (quick.ExitCode, slow.ExitCode));
        await Assert.ThrowsAsync<WorkerCrashedException>(async () => await quick);
        await DisposeAllAsync(slow, quick);
    }

    [Fact]
    public async Task WaitForExit_Cancelled_LeavesTheChildAlone()
    {
        using var folder = new Folder();
        await using var child = ChildProcess.Start(Jobs.Gated, (folder["log"], folder["gate"], 1), Options);
        using var cancel = new CancellationTokenSource();
        var waiting = child.WaitForExitAsync(cancel.Token);
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.False(child.HasExited);
        File.WriteAllText(folder["gate"], "");
        Assert.Equal(1, await child);
    }

    [Fact]
    public async Task Surroundings_AreTheOnesAskedFor()
    {
        using var folder = new Folder();
        Environment.SetEnvironmentVariable("SIMUL_TEST_PARENT", "parent");
        string here = Path.GetDirectoryName(folder["x"])!;
        var options = Options with
        {
            WorkingDirectory = here,
            Environment = new Dictionary<string, string?> { ["SIMUL_TEST_CHILD"] = "a=b c", ["SIMUL_TEST_PARENT"] = null },
        };
        await using var child = ChildProcess.Start(
            static () => (Environment.CurrentDirectory, Environment.GetEnvironmentVariable("SIMUL_TEST_CHILD"), Environment.GetEnvironmentVariable("SIMUL_TEST_PARENT")), options);
        Assert.Equal((here, "a=b c", null), await child);
        var missing = Assert.Throws<DirectoryNotFoundException>(() => ChildProcess.Start(Jobs.ProcessId, options with { WorkingDirectory = here + "/nowhere" }));
        Assert.Contains("nowhere", missing.Message);
    }

    [Fact]
    public async Task Output_ReachesTheHandlerUnderTheChildsName()
    {
        var lines = new ConcurrentQueue<WorkerOutput>();
        await using var child = ChildProcess.Start(Jobs.Print, "hello", Options with { Name = "bishop", OutputHandler = lines.Enqueue });
        Assert.Equal(5, await child);
        await child.Exited;
        Assert.Contains(lines, l => l is { IsError: false, Line: "out hello", Worker: "bishop" } && l.ProcessId == child.Id);
        Assert.Contains(lines, l => l is { IsError: true, Line: "err hello" });
    }

    [Fact]
    public async Task LargeArgumentAndResult_Travel()
    {
        double[] numbers = [.. Enumerable.Range(0, 1_000_000).Select(i => (double)i)];
        await using var child = ChildProcess.Start(Jobs.Echo, numbers, Options);
        Assert.Equal(numbers, await child);
    }

    [Fact]
    public void Start_WhatCannotTravel_IsRefusedAtOnce()
    {
        Assert.Throws<WorkSerializationException>(() => ChildProcess.Start(static (Thread thread) => thread.ManagedThreadId, Thread.CurrentThread, Options));
        Assert.Throws<WorkSerializationException>(() => ChildProcess.Start(Thread.CurrentThread.GetHashCode, Options));
    }

    [Fact]
    public async Task ScaledClock_RunsAtTheSameSpeedThere()
    {
        await using var child = ChildProcess.Start(Jobs.SleepVirtually, (1, 60.0), Options with { Clock = new ScaledTimeProvider(1000) });
        Assert.InRange(await child, 60, 60 + 3000);
    }

    internal static string HandleTermination(string marker)
    {
        using var heard = new ManualResetEventSlim();
        using var registration = System.Runtime.InteropServices.PosixSignalRegistration.Create(System.Runtime.InteropServices.PosixSignal.SIGTERM, context =>
        {
            context.Cancel = true;
            heard.Set();
        });
        File.WriteAllText(marker, "begun");
        heard.Wait();
        return "SIGTERM heard";
    }

    internal static int StartAndSpin(string marker)
    {
        int grandchild = Jobs.Grandchild(0);
        File.WriteAllText(marker + ".new", grandchild.ToString());
        File.Move(marker + ".new", marker);
        while (true) Thread.Yield();
    }

    internal static int LeaveAThread((string Gate, string End) files)
    {
        new Thread(() =>
        {
            while (!File.Exists(files.Gate)) Thread.Sleep(1);
            File.WriteAllText(files.End, "");
        }).Start();
        return 1;
    }

    private static async Task DisposeAllAsync(params ChildProcess[] children)
    {
        foreach (var child in children) await child.DisposeAsync();
    }
}

public sealed class SharedMemoryChildProcessTests() : ChildProcessTests(Way.SharedMemory);

public sealed class SocketChildProcessTests() : ChildProcessTests(Way.Sockets);

public sealed class PortableChildProcessTests() : ChildProcessTests(Way.Portable);
