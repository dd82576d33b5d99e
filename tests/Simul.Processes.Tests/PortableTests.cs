namespace Simul.Processes.Tests;

// The way of starting workers that works on every system, forced.
public class PortableTests
{
    private static ProcessExecutor Pool(int workers = 1) =>
        new(new ProcessExecutorOptions { Workers = workers, PortableLaunch = true, Grace = TimeSpan.FromSeconds(0.2), OutputHandler = _ => { } });

    [Fact]
    public async Task Portable_Calls_Work()
    {
        await using var pool = Pool(2);
        int[] squares = await Task.WhenAll(Enumerable.Range(0, 100).Select(i => pool.SubmitAsync(Jobs.Square, i)));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => i * i), squares);
        byte[] large = new byte[1 << 20];
        large[^1] = 7;
        Assert.Equal(large, await pool.SubmitAsync(Jobs.Echo<byte[]>, large));
    }

    [Fact]
    public async Task Portable_CrashAndTimeout_FailTheirItemOnly()
    {
        using var folder = new Folder();
        await using var pool = Pool();
        Assert.Equal(5, (await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.Exit, 5))).ExitCode);
        Assert.Equal("SIGKILL", (await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.KillMyself, 9))).Signal);
        Assert.Contains("checkmate", (await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(Jobs.FailFast, "checkmate"))).StandardErrorTail);
        await Assert.ThrowsAsync<TimeoutException>(() => pool.SubmitAsync(Jobs.Spin, folder["a"], new WorkOptions { Timeout = TimeSpan.FromMilliseconds(50) }));
        Assert.Equal(9, await pool.SubmitAsync(Jobs.Square, 3));
    }
}
