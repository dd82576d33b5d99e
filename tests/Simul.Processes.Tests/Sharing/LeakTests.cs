using System.Runtime.CompilerServices;
using Simul.Processes.Sharing;

namespace Simul.Processes.Tests.Sharing;

// They count what the whole process has open, so nothing runs beside them.
[CollectionDefinition(nameof(LeakTests), DisableParallelization = true)]
[Collection(nameof(LeakTests))]
public class LeakTests
{
    [Fact]
    public async Task Many_OpenedAndDropped_LeaveNothingInWorkerOrParent()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        async Task RoundAsync()
        {
            for (int i = 0; i < 100; i++)
            {
                using var array = SharedArray<int>.Create(100);
                await pool.SubmitAsync(SharedJobs.Sum, array);
                using var made = await pool.SubmitAsync(SharedJobs.Make, 100);
            }
            await pool.SubmitAsync(SharedJobs.Collect, 0);
            Leaks.Collect();
        }
        await RoundAsync();
        int here = Leaks.CountDescriptors(), there = await pool.SubmitAsync(SharedJobs.CountDescriptors, 0);
        for (int i = 0; i < 5; i++) await RoundAsync();
        // Others in this process may open a file meanwhile; a thousand is another matter.
        Assert.InRange(Leaks.CountDescriptors(), 0, here + 20);
        Assert.InRange(await pool.SubmitAsync(SharedJobs.CountDescriptors, 0), 0, there + 20);
        Assert.InRange(await pool.SubmitAsync(SharedJobs.CountMappings, 0), 0, 20);
    }

    // The collector sees a few words, where there are megabytes.
    [Fact]
    public void Forgotten_IsUnmapped()
    {
        int before = Leaks.CountMappings();
        Forget();
        Leaks.Collect();
        Assert.Equal(before, Leaks.CountMappings());

        [MethodImpl(MethodImplOptions.NoInlining)]
        static void Forget()
        {
            for (int i = 0; i < 10; i++) SharedArray<byte>.Create(1 << 20)[5] = 1;
        }
    }

    [Fact]
    public void ThousandOpensAndCloses_LeaveNothing()
    {
        SharedArray<int>.Create(1).Dispose();
        Leaks.Collect();
        int descriptors = Leaks.CountDescriptors(), mappings = Leaks.CountMappings();
        for (int i = 0; i < 1000; i++) SharedArray<int>.Create(100).Dispose();
        Assert.InRange(Leaks.CountDescriptors(), 0, descriptors + 5);
        Assert.Equal(mappings, Leaks.CountMappings());
    }

    [Fact]
    public async Task ThousandOfEachKind_LeaveNothing()
    {
        await RoundAsync(10);
        Leaks.Collect();
        int descriptors = Leaks.CountDescriptors(), mappings = Leaks.CountMappings(), files = CountFiles();
        await RoundAsync(100);
        Assert.InRange(Leaks.CountDescriptors(), 0, descriptors + 5);
        Assert.Equal(mappings, Leaks.CountMappings());
        Assert.Equal(files, CountFiles());

        static async Task RoundAsync(int times)
        {
            for (int i = 0; i < times; i++)
            {
                using var gate = ProcessLock.Create();
                using (await gate.LockAsync())
                {
                    await Assert.ThrowsAsync<TimeoutException>(() => gate.LockAsync(TimeSpan.FromMilliseconds(1)).AsTask());
                }
                using var semaphore = ProcessSemaphore.Create(2);
                using (semaphore.Wait())
                using (var flag = ProcessEvent.Create())
                    await Assert.ThrowsAnyAsync<OperationCanceledException>(() => flag.WaitAsync(new CancellationToken(true)).AsTask());
                using (var barrier = ProcessBarrier.Create(1)) barrier.SignalAndWait();
                using (var value = SharedValue<long>.Create(1)) value.Value++;
                using (var condition = ProcessCondition.Create())
                using (var hold = gate.Lock())
                    Assert.Throws<TimeoutException>(() => condition.Wait(hold, TimeSpan.Zero));
                using (var queue = ProcessQueue<int>.Create())
                {
                    queue.Put(1);
                    Assert.Equal(1, await queue.TakeAsync());
                }
                var (first, second) = ProcessPipe.Create<int>();
                using (first)
                using (second)
                {
                    first.Send(2);
                    Assert.Equal(2, second.Receive());
                }
                using (var named = ProcessLock.Open($"leak-{Environment.ProcessId}")) named.Lock().Dispose();
            }
        }
    }

    private static int CountFiles() => Directory.GetFiles(NamedFile.Folder).Length;
}
