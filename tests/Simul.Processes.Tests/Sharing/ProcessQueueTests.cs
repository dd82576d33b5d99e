using System.Threading.Channels;

namespace Simul.Processes.Tests.Sharing;

public class ProcessQueueTests
{
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(30);

    [Fact]
    public async Task Items_ComeOutInOrder_WithTheirValues()
    {
        using var queue = ProcessQueue<(int Number, string? Name)>.Create();
        queue.Put((1, "one"));
        await queue.PutAsync((2, null));
        Assert.True(queue.TryPut((3, "thr\u00e9\u00e9")));
        Assert.Equal(3, queue.Count);
        Assert.Equal((1, "one"), queue.Take());
        Assert.Equal((2, null), await queue.TakeAsync());
        Assert.True(queue.TryTake(out var third));
        Assert.Equal((3, "thr\u00e9\u00e9"), third);
        Assert.False(queue.TryTake(out _));
        Assert.Equal(0, queue.Count);
    }

    // Blocks of all sizes round a small ring, many times.
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Items_OfAnySize_SurviveTheRing(int seed)
    {
        using var queue = ProcessQueue<byte[]>.Create(capacity: 8, bytes: 1000);
        var random = new Random(seed);
        var inside = new Queue<byte[]>();
        for (int i = 0; i < 5000; i++)
        {
            byte[] item = new byte[random.Next(10) == 0 ? random.Next(990) : random.Next(100)];
            random.NextBytes(item);
            if (queue.TryPut(item)) inside.Enqueue(item);
            if (random.Next(2) == 0 && queue.TryTake(out byte[] taken)) Assert.Equal(inside.Dequeue(), taken);
            Assert.Equal(inside.Count, queue.Count);
        }
    }

    [Fact]
    public async Task Full_PutWaits_UntilSomebodyTakes()
    {
        using var queue = ProcessQueue<int>.Create(capacity: 2);
        queue.Put(1);
        queue.Put(2);
        Assert.False(queue.TryPut(3));
        Assert.Throws<TimeoutException>(() => queue.Put(3, s_short));
        await Assert.ThrowsAsync<TimeoutException>(() => queue.PutAsync(3, s_short).AsTask());
        var blocked = Task.Run(() => queue.Put(3));
        var waiting = queue.PutAsync(4).AsTask();
        using var cancel = new CancellationTokenSource();
        var cancelled = queue.PutAsync(5, cancel.Token).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(SharedJobs.Limit));
        Assert.Equal((1, 2), (queue.Take(), queue.Take()));
        await Task.WhenAll(blocked, waiting).WaitAsync(SharedJobs.Limit);
        Assert.Equal([3, 4], new[] { queue.Take(), queue.Take() }.Order());
    }

    [Fact]
    public async Task FullOfBytes_TheItemThatFitsIsNotHeldUpByTheOneThatDoesNot()
    {
        using var queue = ProcessQueue<byte[]>.Create(bytes: 100);
        queue.Put(new byte[30]);
        queue.Put(new byte[50]);
        var large = queue.PutAsync(new byte[80]).AsTask();
        var small = queue.PutAsync(new byte[25]).AsTask();
        Assert.Equal(30, queue.Take().Length);
        await small.WaitAsync(SharedJobs.Limit);
        Assert.False(large.IsCompleted);
        Assert.Equal((50, 25), (queue.Take().Length, queue.Take().Length));
        await large.WaitAsync(SharedJobs.Limit);
        var error = Assert.Throws<WorkSerializationException>(() => queue.Put(new byte[100]));
        Assert.Contains("SharedArray", error.Message);
    }

    [Fact]
    public async Task Empty_TakeWaits()
    {
        var queue = ProcessQueue<int>.Create();
        Assert.Throws<TimeoutException>(() => queue.Take(s_short));
        await Assert.ThrowsAsync<TimeoutException>(() => queue.TakeAsync(s_short).AsTask());
        await Assert.ThrowsAsync<ArgumentOutOfRangeException>(() => queue.TakeAsync(TimeSpan.FromSeconds(-2)).AsTask());
        using var cancel = new CancellationTokenSource();
        var cancelled = queue.TakeAsync(cancel.Token).AsTask();
        cancel.Cancel();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(SharedJobs.Limit));
        var blocked = Task.Run(() => queue.Take());
        var waiting = queue.TakeAsync().AsTask();
        queue.Put(1);
        queue.Put(2);
        Assert.Equal([1, 2], (await Task.WhenAll(blocked, waiting).WaitAsync(SharedJobs.Limit)).Order());
        var disposed = queue.TakeAsync().AsTask();
        queue.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => disposed.WaitAsync(SharedJobs.Limit));
    }

    [Fact]
    public async Task Completed_WhatIsInComesOut_ThenItIsClosed()
    {
        using var queue = ProcessQueue<int>.Create(capacity: 1);
        queue.Put(1);
        var put = queue.PutAsync(2).AsTask();
        queue.Complete();
        queue.Complete();
        Assert.True(queue.IsCompleted);
        await Assert.ThrowsAsync<ChannelClosedException>(() => put.WaitAsync(SharedJobs.Limit));
        Assert.Throws<ChannelClosedException>(() => queue.TryPut(3));
        Assert.Equal(1, queue.Take());
        Assert.Throws<ChannelClosedException>(() => queue.Take());
        Assert.False(queue.TryTake(out _));

        using var empty = ProcessQueue<int>.Create();
        var waits = new[] { empty.TakeAsync().AsTask(), Task.Run(() => empty.Take()) };
        empty.Complete();
        foreach (var wait in waits) await Assert.ThrowsAsync<ChannelClosedException>(() => wait.WaitAsync(SharedJobs.Limit));
    }

    [Fact]
    public async Task ManyProducersAndConsumers_InSeveralProcesses_NothingIsLostOrDoubled()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 2 });
        using var queue = ProcessQueue<int>.Create(capacity: 50);
        var producing = new[] { pool.SubmitAsync(SharedJobs.Produce, (queue, 0, 3000)), Task.Run(() => SharedJobs.Produce((queue, 3000, 3000))) };
        var consuming = new[] { pool.SubmitAsync(SharedJobs.ConsumeAsync, queue), SharedJobs.ConsumeAsync(queue), SharedJobs.ConsumeAsync(queue) };
        await Task.WhenAll(producing).WaitAsync(SharedJobs.Limit);
        queue.Complete();
        var taken = await Task.WhenAll(consuming).WaitAsync(SharedJobs.Limit);
        Assert.Equal(Enumerable.Range(0, 6000), taken.SelectMany(t => t).Order());
        // Each consumer sees the items of a producer in their order.
        foreach (var one in taken)
        {
            Assert.Equal(one.Where(x => x < 3000).Order(), one.Where(x => x < 3000));
            Assert.Equal(one.Where(x => x >= 3000).Order(), one.Where(x => x >= 3000));
        }
    }

    [Fact]
    public async Task SharedArray_TravelsThroughAQueue()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        using var queue = ProcessQueue<SharedArray<int>>.Create();
        await pool.SubmitAsync(SharedJobs.PutArray, queue);
        await pool.SubmitAsync(SharedJobs.Collect, 0); // the worker has forgotten it; the offer has not
        using var array = queue.Take(SharedJobs.Limit);
        Assert.Equal([0, 1, 2, 3, 4], array.Span.ToArray());
    }

    [Fact]
    public void ItemThatCannotBeRebuilt_FailsItsTakeAlone()
    {
        using var queue = ProcessQueue<Unreadable>.Create();
        queue.Put(new Unreadable());
        queue.Put(new Unreadable());
        Assert.Throws<WorkSerializationException>(() => queue.Take());
        Assert.Equal(1, queue.Count);
    }

    [Fact]
    public void ItemThatCouldNotBeRebuilt_IsRefusedWhereItIsPut()
    {
        using var queue = ProcessQueue<SubmitTests.NoConstructor>.Create();
        Assert.Contains("no constructor", Assert.Throws<WorkSerializationException>(() => queue.Put(SubmitTests.NoConstructor.Make())).Message);
        Assert.Equal(0, queue.Count);
    }

    public sealed class Unreadable
    {
        public int Number
        {
            get => 1;
            set => throw new FormatException($"{value} is not to be read");
        }
    }

    [Theory]
    [InlineData(0, 100)]
    [InlineData(1, 3)]
    public void Create_WithoutRoom_IsRefused(int capacity, int bytes) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => ProcessQueue<int>.Create(capacity, bytes));
}
