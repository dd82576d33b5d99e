using System.Runtime.CompilerServices;

namespace Simul.Processes.Tests;

public sealed class DroppedExecutorTests
{
    // B58
    [Fact]
    public async Task Executor_NobodyDisposed_EndsItsWorkersAfterTheWork()
    {
        using var folder = new Folder();
        var (pid, held) = await StartAndForgetAsync(folder);
        Collect();
        Assert.True(Until.Lives(pid));
        Assert.False(held.IsCompleted);
        File.WriteAllText(folder["gate"], "");
        Assert.Equal(1, await held);
        await Until.TrueAsync(() =>
        {
            Collect();
            return !Until.Lives(pid);
        }, "the worker has gone");
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(int, Task<int>)> StartAndForgetAsync(Folder folder)
    {
        var executor = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        int pid = await executor.SubmitAsync(Jobs.ProcessId);
        var held = executor.SubmitAsync(Jobs.Gated, (folder["log"], folder["gate"], 1));
        await Until.WrittenAsync(folder["log"]);
        return (pid, held);
    }

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
    }
}
