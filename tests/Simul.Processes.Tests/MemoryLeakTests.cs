using Simul.Processes.Tests.Sharing;

namespace Simul.Processes.Tests;

// What a pool or a child has reserved is gone with it, and does not wait for the collector. Alone, because it counts what the
// whole process has.
[Collection(nameof(LeakTests))]
public sealed class MemoryLeakTests
{
    private static int Regions() => File.ReadLines("/proc/self/maps").Count(static line => line.Contains("memfd:simul", StringComparison.Ordinal));

    private static int Descriptors() => Directory.GetFiles("/proc/self/fd").Length;

    // Of test classes that ran before, something may still be on its way out.
    private static async Task NothingIsLeftAsync(int regions, int descriptors)
    {
        await Until.TrueAsync(() => Regions() <= regions, $"{regions} shared regions at most");
        await Until.TrueAsync(() => Descriptors() <= descriptors + 3, $"{descriptors + 3} descriptors at most");
    }

    // The pool listens to the token of the item before, in case the next one comes with it, too.
    [Fact]
    public async Task Token_OfItemsThatHaveEnded_IsNotKept()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        var source = await SubmitWithATokenAsync(pool);
        await Until.TrueAsync(() =>
        {
            GC.Collect();
            return !source.IsAlive;
        }, "the token's source is collected");
    }

    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static async Task<WeakReference> SubmitWithATokenAsync(ProcessExecutor pool)
    {
        var source = new CancellationTokenSource();
        await pool.SubmitAsync(Jobs.Noop, 1, cancellationToken: source.Token);
        return new WeakReference(source);
    }

    [Theory]
    [InlineData(WorkerTransport.SharedMemory)]
    [InlineData(WorkerTransport.Sockets)]
    public async Task Children_LeaveNothing(WorkerTransport transport)
    {
        var options = new ChildProcessOptions { Transport = transport };
        await using (var first = ChildProcess.Start(Jobs.ProcessId, options)) await first;
        var (regions, descriptors) = (Regions(), Descriptors());
        double[] large = new double[50_000];
        for (int i = 0; i < 30; i++)
        {
            large[0] = i;
            await using var child = ChildProcess.Start(Jobs.Echo, large, options);
            Assert.Equal(i, (await child)[0]);
        }
        await NothingIsLeftAsync(regions, descriptors);
    }

    // Who submits while the pool closes is refused, or served; the memory goes when nobody is in it.
    [Fact]
    public async Task Pools_DisposedWhileOthersSubmit_LeaveNothing()
    {
        double[] numbers = new double[100_000];
        var (regions, descriptors) = (Regions(), Descriptors());
        for (int round = 0; round < 20; round++)
        {
            var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Transport = WorkerTransport.SharedMemory });
            await pool.SubmitAsync(Jobs.Sum, (ReadOnlyMemory<double>)numbers);
            var submitters = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
            {
                try
                {
                    while (true) await pool.SubmitAsync(Jobs.Sum, (ReadOnlyMemory<double>)numbers);
                }
                catch (ExecutorClosedException)
                {
                }
            })).ToArray();
            await pool.DisposeAsync();
            await Task.WhenAll(submitters).WaitAsync(TimeSpan.FromSeconds(30));
        }
        await NothingIsLeftAsync(regions, descriptors);
    }
}
