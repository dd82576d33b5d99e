using System.Threading.Channels;

namespace Simul.Processes.Tests.Sharing;

public class ProcessPipeTests
{
    [Fact]
    public async Task Messages_GoBothWays()
    {
        var (one, two) = ProcessPipe.Create<string>();
        using (one)
        using (two)
        {
            one.Send("ping");
            Assert.Equal("ping", await two.ReceiveAsync());
            await two.SendAsync("pong");
            Assert.True(one.TryReceive(out string answer));
            Assert.Equal("pong", answer);
            Assert.False(one.TryReceive(out _));
            Assert.Throws<TimeoutException>(() => two.Receive(TimeSpan.FromMilliseconds(10)));
            using var cancel = new CancellationTokenSource();
            var cancelled = two.ReceiveAsync(cancel.Token).AsTask();
            cancel.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => cancelled.WaitAsync(SharedJobs.Limit));
        }
    }

    [Fact]
    public async Task EndInAWorker_Answers()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        var (mine, theirs) = ProcessPipe.Create<string>();
        using (mine)
        {
            var talk = pool.SubmitAsync(SharedJobs.Answer, theirs);
            for (int i = 0; i < 100; i++)
            {
                await mine.SendAsync($"move {i}");
                Assert.Equal($"MOVE {i}", await mine.ReceiveAsync(SharedJobs.Limit));
            }
            Assert.Throws<ObjectDisposedException>(() => theirs.Send("it is not mine any more"));
            theirs.Dispose();
            await mine.SendAsync("bye");
            Assert.Equal(100, await talk);
            // Its end was disposed.
            await Assert.ThrowsAsync<ChannelClosedException>(() => mine.ReceiveAsync(SharedJobs.Limit).AsTask());
            Assert.Throws<ChannelClosedException>(() => mine.Send("nobody"));
        }
    }

    [Fact]
    public async Task OtherEndDisposed_WhatItSentIsReceived_ThenItIsClosed()
    {
        var (one, two) = ProcessPipe.Create<int>();
        var waiting = two.ReceiveAsync().AsTask();
        one.Send(1);
        one.Send(2);
        one.Dispose();
        Assert.Equal(1, await waiting.WaitAsync(SharedJobs.Limit));
        var rest = new List<int>();
        await foreach (int message in two.ReadAllAsync()) rest.Add(message);
        Assert.Equal([2], rest);
        Assert.Throws<ChannelClosedException>(() => two.Send(3));
        two.Dispose();
    }

    [Fact]
    public async Task DisposedWhileWaiting_TheWaitEnds()
    {
        var (one, two) = ProcessPipe.Create<int>();
        var asynchronous = one.ReceiveAsync().AsTask();
        var blocked = Task.Run(() => one.Receive());
        one.Dispose();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => asynchronous.WaitAsync(SharedJobs.Limit));
        await Assert.ThrowsAsync<ObjectDisposedException>(() => blocked.WaitAsync(SharedJobs.Limit));
        two.Dispose();
    }

    [Fact]
    public async Task OtherProcessKilled_TheReceiverIsTold()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        var (mine, theirs) = ProcessPipe.Create<string>();
        using (mine)
        {
            int pid = await pool.SubmitAsync(Jobs.ProcessId);
            var talk = pool.SubmitAsync(SharedJobs.Answer, theirs);
            mine.Send("are you there");
            Assert.Equal("ARE YOU THERE", mine.Receive(SharedJobs.Limit));
            var asynchronous = mine.ReceiveAsync(SharedJobs.Limit).AsTask();
            Native.Kill(pid, 9);
            await Assert.ThrowsAsync<ChannelClosedException>(() => asynchronous);
            Assert.Throws<ChannelClosedException>(() => mine.Receive(SharedJobs.Limit));
            await Assert.ThrowsAsync<WorkerCrashedException>(() => talk);
        }
    }

    [Fact]
    public async Task EndWhoseItemNeverRan_IsClosed()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        using var go = ProcessEvent.Create();
        var blocker = pool.SubmitAsync(SharedJobs.WaitForEvent, go);
        var (mine, theirs) = ProcessPipe.Create<string>();
        using (mine)
        {
            using var cancel = new CancellationTokenSource();
            var talk = pool.SubmitAsync(SharedJobs.Answer, theirs, cancellationToken: cancel.Token);
            cancel.Cancel();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => talk);
            await Assert.ThrowsAsync<ChannelClosedException>(() => mine.ReceiveAsync(SharedJobs.Limit).AsTask());
            go.Set();
            await blocker;
        }
    }

    [Fact]
    public async Task EndThatCameBack_IsOpen()
    {
        await using var pool = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1 });
        var (mine, theirs) = ProcessPipe.Create<string>();
        using (mine)
        using (var back = await pool.SubmitAsync(Jobs.Echo<ProcessPipeEnd<string>>, theirs))
        {
            mine.Send("welcome back");
            Assert.Equal("welcome back", back.Receive(SharedJobs.Limit));
        }
    }
}
