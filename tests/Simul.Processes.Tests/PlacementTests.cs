using System.Diagnostics;
using System.Globalization;

namespace Simul.Processes.Tests;

// Where workers run, and before whom.
public abstract class PlacementTests(Way way) : PoolTests(way)
{
    private const int NotThere = 8_000;

    [Theory]
    [InlineData(ProcessPriorityClass.BelowNormal, 10)]
    [InlineData(ProcessPriorityClass.Idle, 19)]
    public async Task WorkerPriority_IsThatOfAllItsThreads(ProcessPriorityClass priority, int nice)
    {
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, WorkerPriority = priority });
        Assert.All(await pool.SubmitAsync(static () => Nices()), found => Assert.Equal(nice, found));
        // Asynchronous items have a thread that is made for the first of them.
        Assert.All(await pool.SubmitAsync(NicesAsync, 0), found => Assert.Equal(nice, found));
        // A thread on which another test tries something may be there for a moment.
        await Until.TrueAsync(static () => Nices().Distinct().Count() == 1, "this process's own threads are as they were");
    }

    [Fact]
    public async Task Processors_AreTheWorkers_AndNobodyElses()
    {
        int last = OwnProcessors()[^1];
        await using var pool = Open(new ProcessExecutorOptions { Workers = 1, Processors = [last] });
        var (processors, count) = await pool.SubmitAsync(static () => (Allowed(), Environment.ProcessorCount));
        Assert.Equal([last.ToString(CultureInfo.InvariantCulture)], processors);
        Assert.Equal(1, count);
        await Until.TrueAsync(static () => Allowed().Length == 1, "this process's own threads are as they were");
    }

    [Fact]
    public async Task PinWorkers_PutsEachOnOne_AndItsReplacementOnTheSame()
    {
        int[] processors = OwnProcessors();
        await using var pool = Open(new ProcessExecutorOptions { Workers = 2, MinWorkers = 2, PinWorkers = true });
        for (int round = 0; round < 2; round++)
        {
            await Until.TrueAsync(() => pool.GetWorkerProcessIds().Count == 2, "two workers are ready", 30);
            string[] found = [.. pool.GetWorkerProcessIds().Select(static pid => string.Join(',', Allowed(pid)))];
            Assert.Equal([$"{processors[0]}", $"{processors[1 % processors.Length]}"], found);
            await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.KillMyself, 9));
        }
    }

    [Fact]
    public void WhatCannotBe_IsRefused_AndNamed()
    {
        Assert.Throws<ArgumentException>(() => new ProcessExecutorOptions { Processors = [] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutorOptions { Processors = [-1] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutorOptions { Processors = [1 << 20] });
        Assert.Throws<ArgumentOutOfRangeException>(() => new ProcessExecutorOptions { WorkerPriority = (ProcessPriorityClass)1 });
        var missing = Assert.Throws<ArgumentOutOfRangeException>(() => Open(new ProcessExecutorOptions { Processors = [OwnProcessors()[0], NotThere] }));
        Assert.Contains($"no processor {NotThere}", missing.Message);
        Assert.Contains($"this process has {string.Join(", ", OwnProcessors())}", missing.Message);
    }

    private static async Task<int[]> NicesAsync(int _)
    {
        await Task.Yield();
        return Nices();
    }

    private static int[] Nices() => [.. OfThreads("self", "stat").Select(static stat => int.Parse(stat[(stat.LastIndexOf(')') + 2)..].Split(' ')[16], CultureInfo.InvariantCulture))];

    // The different ones of all threads; one unless somebody was bound by himself.
    private static string[] Allowed(int? pid = null) => [.. OfThreads(pid?.ToString(CultureInfo.InvariantCulture) ?? "self", "status")
        .Select(static status => status.Split('\n').First(static line => line.StartsWith("Cpus_allowed_list:", StringComparison.Ordinal)).Split('\t')[1]).Distinct()];

    private static IEnumerable<string> OfThreads(string process, string file)
    {
        foreach (string task in Directory.GetDirectories($"/proc/{process}/task"))
        {
            string text;
            try
            {
                text = File.ReadAllText(Path.Combine(task, file));
            }
            catch (IOException)
            {
                continue; // it has ended meanwhile
            }
            yield return text;
        }
    }

    private static int[] OwnProcessors() => [.. Allowed().MaxBy(static list => list.Length)!.Split(',').SelectMany(static part =>
    {
        int[] ends = [.. part.Split('-').Select(int.Parse)];
        return Enumerable.Range(ends[0], ends[^1] - ends[0] + 1);
    })];
}

public sealed class SharedMemoryPlacementTests() : PlacementTests(Way.SharedMemory);

public sealed class PortablePlacementTests() : PlacementTests(Way.Portable);

// Without the privilege to be above others, which the tests' own process may have.
public sealed class PlacementPrivilegeTests
{
    [Fact]
    public async Task WorkerPriority_WithoutThePrivilege_IsRefused_AndSaysWhatHelps()
    {
        var start = WorkerHost.CreateStartInfo(typeof(PlacementPrivilegeTests).Assembly.Location, typeof(HighProgram));
        if (Environment.IsPrivilegedProcess)
        {
            string program = start.FileName;
            string[] arguments = [.. start.ArgumentList];
            start.FileName = "setpriv";
            start.ArgumentList.Clear();
            foreach (string argument in (string[])["--bounding-set=-sys_nice", "--inh-caps=-sys_nice", program, .. arguments]) start.ArgumentList.Add(argument);
        }
        start.RedirectStandardOutput = true;
        using var host = Process.Start(start)!;
        string output = await host.StandardOutput.ReadToEndAsync();
        Assert.Contains("ProcessExecutorOptions.WorkerPriority High (nice -11) needs a privilege", output);
        Assert.Contains("CAP_SYS_NICE", output);
        Assert.Contains("ulimit -e 31", output);
    }

    internal static class HighProgram
    {
        internal static int Run(string[] _)
        {
            try
            {
                new ProcessExecutor(new ProcessExecutorOptions { WorkerPriority = ProcessPriorityClass.High }).DisposeAsync().AsTask().Wait();
                Console.WriteLine("allowed");
            }
            catch (UnauthorizedAccessException refused)
            {
                Console.WriteLine(refused.Message);
            }
            return 0;
        }
    }
}
