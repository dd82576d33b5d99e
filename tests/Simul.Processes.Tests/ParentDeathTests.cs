using System.Diagnostics;

namespace Simul.Processes.Tests;

public class ParentDeathTests
{
    [Fact]
    public async Task Parent_KilledByForce_LeavesNoWorkerAndNoFile()
    {
        using var folder = new Folder();
        using var parent = Process.Start(WorkerHost.CreateStartInfo(typeof(ParentDeathTests).Assembly.Location, typeof(ParentProgram), folder["marker"], folder["report"]))!;
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
        foreach (int worker in pids[1..])
        {
            await Until.GoneAsync(worker, seconds: 5);
            Assert.Empty(Directory.GetFiles(Path.GetTempPath(), $"*-{worker}-*"));
        }
        // What the method started is not ours; it did not keep its worker alive.
        Assert.True(Until.Lives(pids[0]));
        Native.Kill(pids[0], 9);
    }

    [Fact]
    public async Task Host_RunsWithTheTargetsDependencies()
    {
        var start = WorkerHost.CreateStartInfo(typeof(ParentDeathTests).Assembly.Location, typeof(EchoProgram), "a", "b c");
        start.RedirectStandardOutput = true;
        using var host = Process.Start(start)!;
        string output = await host.StandardOutput.ReadToEndAsync();
        await host.WaitForExitAsync();
        Assert.Equal((3, "xunit.core a b c"), (host.ExitCode, output.Trim()));
    }

    internal static class EchoProgram
    {
        // FactAttribute lies in a package the host itself knows nothing of.
        internal static int Run(string[] arguments)
        {
            Console.WriteLine($"{typeof(FactAttribute).Assembly.GetName().Name} {string.Join(' ', arguments)}");
            return 3;
        }
    }
}
