namespace Simul.Processes.Tests;

// A parent to be killed: one busy worker, one idle, and a process that a worker's method has started and that outlives it.
internal static class ParentProgram
{
    internal static int Run(string[] arguments)
    {
        RunAsync(arguments[0], arguments[1]).GetAwaiter().GetResult();
        return 0;
    }

    private static async Task RunAsync(string marker, string report)
    {
        var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 });
        var busy = pool.SubmitAsync(Jobs.Spin, marker);
        int grandchild = await pool.SubmitAsync(Jobs.Grandchild, 0);
        while (pool.GetWorkerProcessIds().Count < 2 || !File.Exists(marker)) await Task.Delay(5);
        File.WriteAllText(report + ".new", $"{grandchild} {string.Join(' ', pool.GetWorkerProcessIds())}");
        File.Move(report + ".new", report);
        await busy;
    }
}
