using System.Diagnostics;

namespace Simul.Processes.Tests;

public class ChildProcessLifeTests
{
    [Fact]
    public async Task Parent_KilledByForce_LeavesNoChild()
    {
        using var folder = new Folder();
        using var parent = Process.Start(WorkerHost.CreateStartInfo(typeof(ChildProcessLifeTests).Assembly.Location, typeof(ChildParentProgram), folder["marker"], folder["report"]))!;
        int[] pids = [];
        try
        {
            await Until.WrittenAsync(folder["report"]);
            pids = [.. File.ReadAllText(folder["report"]).Split(' ').Select(int.Parse)];
            Assert.All(pids, pid => Assert.True(Until.Lives(pid)));
        }
        finally
        {
            parent.Kill();
        }
        Assert.Equal(3, pids.Length);
        foreach (int pid in pids) await Until.GoneAsync(pid, seconds: 5);
    }

    [Fact]
    public async Task InheritedOutput_IsTheParentsOwn()
    {
        var start = WorkerHost.CreateStartInfo(typeof(ChildProcessLifeTests).Assembly.Location, typeof(PrintingParentProgram));
        start.RedirectStandardOutput = true;
        using var parent = Process.Start(start)!;
        string printed = await parent.StandardOutput.ReadToEndAsync();
        await parent.WaitForExitAsync();
        Assert.Equal((0, "out check\nout mate\n"), (parent.ExitCode, printed));
    }

    [Fact]
    public void VirtualClock_IsRefusedWithTheMend()
    {
        var error = Assert.Throws<ArgumentException>(() => new ChildProcessOptions { Clock = new VirtualTimeProvider() });
        Assert.Contains("ProcessExecutor", error.Message);
    }

    // A parent to be killed, with a child of each kind.
    internal static class ChildParentProgram
    {
        internal static int Run(string[] arguments)
        {
            ChildProcessOptions[] ways = [new() { Transport = WorkerTransport.SharedMemory }, new() { Transport = WorkerTransport.Sockets }, new() { PortableLaunch = true }];
            ChildProcess[] children = [.. ways.Select((options, i) => ChildProcess.Start(Jobs.Spin, arguments[0] + i, options))];
            while (Enumerable.Range(0, ways.Length).Any(i => !File.Exists(arguments[0] + i))) Thread.Sleep(5);
            File.WriteAllText(arguments[1] + ".new", string.Join(' ', children.Select(c => c.Id)));
            File.Move(arguments[1] + ".new", arguments[1]);
            children[0].Exited.Wait();
            return 1;
        }
    }

    internal static class PrintingParentProgram
    {
        internal static int Run(string[] arguments)
        {
            ChildProcess.Start(Jobs.Print, "check", new ChildProcessOptions { InheritOutput = true }).Exited.Wait();
            ChildProcess.Start(Jobs.Print, "mate", new ChildProcessOptions { InheritOutput = true, PortableLaunch = true }).Exited.Wait();
            return 0;
        }
    }
}
