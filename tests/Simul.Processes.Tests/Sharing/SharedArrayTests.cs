using System.Text.Json;

namespace Simul.Processes.Tests.Sharing;

public abstract class SharedArrayPoolTests(Way way) : PoolTests(way)
{
    private ProcessExecutor Pool(int workers = 1) => Open(new ProcessExecutorOptions { Workers = workers });

    [Fact]
    public async Task Argument_WhatOneWrites_TheOtherReads()
    {
        await using var pool = Pool();
        using var array = SharedArray<int>.From([1, 2, 3]);
        Assert.Equal(6, await pool.SubmitAsync(SharedJobs.Sum, array));
        array[2] = 30;
        Assert.Equal(33, await pool.SubmitAsync(SharedJobs.Sum, array));
        Assert.Equal(3, await pool.SubmitAsync(SharedJobs.Fill, (array, 7)));
        Assert.Equal([7, 7, 7], array.Span.ToArray());
    }

    [Fact]
    public async Task CapturedValue_IsShared()
    {
        await using var pool = Pool();
        using var array = SharedArray<int>.Create(2);
        await pool.SubmitAsync(() => array[1] = 42);
        Assert.Equal(42, array[1]);
    }

    [Fact]
    public async Task Result_MadeInTheWorker_ReachesTheParent()
    {
        await using var pool = Pool();
        using var array = await pool.SubmitAsync(SharedJobs.Make, 1000);
        Assert.Equal(1000, array.Length);
        Assert.Equal(Enumerable.Range(0, 1000), array.Span.ToArray());
        using var other = await pool.SubmitAsync(SharedJobs.MakeAsync, 10);
        Assert.Equal(45, SharedJobs.Sum(other));
        // The worker has given its own part back; ours holds.
        await pool.SubmitAsync(SharedJobs.Collect, 0);
        await pool.DisposeAsync();
        Assert.Equal(999, array[999]);
    }

    [Fact]
    public async Task Result_OfAWorkerThatEndsRightAfter_ReachesTheParent()
    {
        await using var pool = Pool();
        for (int i = 0; i < 5; i++)
        {
            try
            {
                using var array = await pool.SubmitAsync(SharedJobs.MakeAndExit, 100);
                Assert.Equal(4950, SharedJobs.Sum(array));
            }
            catch (WorkerCrashedException)
            {
                // It was gone before the result was sent: that is another matter.
            }
        }
    }

    [Fact]
    public async Task Map_ResultsAndArguments_AreShared()
    {
        await using var pool = Pool(2);
        var arrays = new List<SharedArray<int>>();
        await foreach (var array in pool.MapAsync(Enumerable.Range(1, 50), SharedJobs.Make)) arrays.Add(array);
        Assert.Equal(Enumerable.Range(1, 50), arrays.Select(a => a.Length));
        var sums = new List<long>();
        await foreach (long sum in pool.MapAsync(arrays, SharedJobs.Sum)) sums.Add(sum);
        Assert.Equal(Enumerable.Range(1, 50).Select(n => n * (n - 1L) / 2), sums);
        foreach (var array in arrays) array.Dispose();
    }

    [Fact]
    public async Task InsideARecord_ItIsShared()
    {
        await using var pool = Pool();
        using var array = SharedArray<int>.Create(1);
        using var one = ProcessEvent.Create();
        using var two = ProcessEvent.Create();
        Assert.Equal(2, await pool.SubmitAsync(SharedJobs.WriteRecord, new SharedJobs.Job("four", array, [one, two])));
        Assert.Equal((4, true, true), (array[0], one.IsSet, two.IsSet));
    }

    [Fact]
    public async Task Argument_DisposedAfterSubmit_StillArrives()
    {
        await using var pool = Pool();
        using var go = ProcessEvent.Create();
        var blocker = pool.SubmitAsync(SharedJobs.WaitForEvent, go);
        var array = SharedArray<int>.From([1, 2, 3]);
        var sum = pool.SubmitAsync(SharedJobs.Sum, array);
        array.Dispose();
        go.Set();
        await blocker;
        Assert.Equal(6, await sum);
    }

    [Fact]
    public async Task Echo_ToItsMaker_IsTheSameMemory()
    {
        await using var pool = Pool();
        using var array = SharedArray<int>.Create(3);
        using var back = await pool.SubmitAsync(Jobs.Echo<SharedArray<int>>, array);
        back[1] = 5;
        Assert.Equal(5, array[1]);
        Assert.Same(array.Block, back.Block);
        array.Dispose();
        Assert.Equal(5, back[1]);
    }

    [Fact]
    public async Task Receiver_KeepsTheMemory_WhenTheOwnerHasDisposedIt()
    {
        await using var pool = Pool();
        var array = SharedArray<int>.From([1, 2, 3]);
        await pool.SubmitAsync(SharedJobs.Keep, array);
        array.Dispose();
        Assert.Equal(6, await pool.SubmitAsync(SharedJobs.SumKept));
    }

    [Fact]
    public async Task Receiver_KeepsTheMemory_WhenTheMakerWasKilled()
    {
        await using var pool = Pool();
        using var array = await pool.SubmitAsync(SharedJobs.Make, 10);
        int pid = await pool.SubmitAsync(Jobs.ProcessId);
        Native.Kill(pid, 9);
        await Until.GoneAsync(pid);
        Assert.Equal(45, SharedJobs.Sum(array));
        // And hands it on to another worker.
        Assert.Equal(45, await pool.SubmitAsync(SharedJobs.Sum, array));
    }

    [Fact]
    public async Task NullArray_TravelsAsNull()
    {
        await using var pool = Pool();
        Assert.Null(await pool.SubmitAsync(Jobs.Echo<SharedArray<int>?>, (SharedArray<int>?)null));
    }

    [Fact]
    public async Task DisposedArray_CannotBeSent()
    {
        await using var pool = Pool();
        var array = SharedArray<int>.Create(1);
        array.Dispose();
        var error = await Assert.ThrowsAsync<WorkSerializationException>(() => pool.SubmitAsync(SharedJobs.Sum, array));
        Assert.Contains("disposed", error.Message);
    }
}

public sealed class SharedMemorySharedArrayTests() : SharedArrayPoolTests(Way.SharedMemory);

public sealed class SocketSharedArrayTests() : SharedArrayPoolTests(Way.Sockets);

public sealed class PortableSharedArrayTests() : SharedArrayPoolTests(Way.Portable);

public class SharedArrayTests
{
    [Fact]
    public void Create_IsZero_AndHasItsLength()
    {
        using var array = SharedArray<double>.Create(5);
        Assert.Equal(new double[5], array.Span.ToArray());
        Assert.Equal(5, array.Length);
        array[4] = 1.5;
        Assert.Equal(1.5, array.Memory.Span[4]);
        Assert.Throws<IndexOutOfRangeException>(() => array[5]);
    }

    [Fact]
    public void Create_OfNothing_Works()
    {
        using var array = SharedArray<long>.Create(0);
        Assert.True(array.Span.IsEmpty);
        Assert.True(array.Memory.IsEmpty);
    }

    [Fact]
    public void Create_NegativeLength_IsRefused() => Assert.Throws<ArgumentOutOfRangeException>(() => SharedArray<int>.Create(-1));

    [Fact]
    public void AfterDispose_EverythingThrows()
    {
        var array = SharedArray<int>.Create(1);
        var memory = array.Memory;
        array.Dispose();
        array.Dispose();
        Assert.Throws<ObjectDisposedException>(() => array.Span.Length);
        Assert.Throws<ObjectDisposedException>(() => array.Memory);
        Assert.Throws<ObjectDisposedException>(() => memory.Span.Length);
    }

    [Fact]
    public void PinnedMemory_OutlivesDispose()
    {
        var array = SharedArray<int>.From([7]);
        using (var pin = array.Memory.Pin())
        {
            array.Dispose();
            unsafe { Assert.Equal(7, *(int*)pin.Pointer); }
        }
    }

    [Fact]
    public void Handle_OpenedHere_IsTheSameMemory()
    {
        using var array = SharedArray<int>.From([1, 2]);
        string json = JsonSerializer.Serialize(array);
        using var other = JsonSerializer.Deserialize<SharedArray<int>>(json)!;
        other[0] = 9;
        Assert.Equal(9, array[0]);
    }
}
