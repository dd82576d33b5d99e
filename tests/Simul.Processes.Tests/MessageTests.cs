using System.Collections.Concurrent;

namespace Simul.Processes.Tests;

// What a worker's code sends home outside of items, and what its initializer's receivers of progress hear.
public abstract class MessageTests(Way way) : PoolTests(way)
{
    private readonly ConcurrentQueue<WorkerMessage> _heard = new();

    private ProcessExecutor Pool(Action<WorkerMessage>? handler, WorkerInitializer? initializer = null) =>
        Open(new ProcessExecutorOptions { Workers = 1, Name = "senders", MessageHandler = handler, Initializer = initializer, OutputHandler = static _ => { } });

    private static bool SendNumber(int number) => WorkerMessage.Send("number", BitConverter.GetBytes(number));

    private IEnumerable<int> Numbers => _heard.Select(m => BitConverter.ToInt32(m.Body.Span));

    private static int SendMany(int count)
    {
        for (int i = 0; i < count; i++) SendNumber(i);
        return Environment.ProcessId;
    }

    private static void SendAndDie(int count)
    {
        SendMany(count);
        Native.Kill(Environment.ProcessId, 9);
    }

    private static void SendFromAThreadThatStays() => new Thread(static () => SendNumber(7)).Start(); // the worker's end waits for it

    [Fact]
    public async Task Send_InAnItem_IsHeardInOrderBeforeTheOutcome()
    {
        await using var pool = Pool(_heard.Enqueue);
        int pid = await pool.SubmitAsync(SendMany, 1000);
        Assert.Equal(Enumerable.Range(0, 1000), Numbers);
        Assert.All(_heard, m => Assert.Equal(("senders-1", pid, "number"), (m.Worker, m.ProcessId, m.Topic)));
    }

    [Fact]
    public async Task Send_OutsideOfItems_IsHeard()
    {
        await using (var pool = Pool(_heard.Enqueue, WorkerInitializer.Create(() => SendNumber(1))))
        {
            await pool.SubmitAsync(SendFromAThreadThatStays);
        }
        Assert.Equal([1, 7], Numbers);
    }

    [Fact]
    public async Task Send_BeforeACrash_IsHeardBeforeTheItemFails()
    {
        await using var pool = Pool(_heard.Enqueue);
        await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(SendAndDie, 1000));
        Assert.Equal(Enumerable.Range(0, 1000), Numbers);
    }

    [Fact]
    public async Task Send_WhereNobodyHears_SaysSoAndGoesNowhere()
    {
        Assert.False(WorkerMessage.AreHeard);
        Assert.False(WorkerMessage.Send("here", []));
        await using var pool = Pool(null);
        Assert.False(await pool.SubmitAsync(SendNumber, 1));
        await using var child = ChildProcess.Start(SendNumber, 1);
        Assert.False(await child);
    }

    [Fact]
    public async Task Send_OfAnySize_Arrives()
    {
        await using var pool = Pool(_heard.Enqueue);
        await pool.SubmitAsync(static () => WorkerMessage.Send("large", new byte[30_000_000]));
        await pool.SubmitAsync(static () => WorkerMessage.Send("", []));
        Assert.Equal([30_000_000, 0], _heard.Select(m => m.Body.Length));
    }

    [Fact]
    public async Task Handler_Throws_ThePoolGoesOn()
    {
        await using var pool = Pool(static _ => throw new FormatException("handler"));
        for (int i = 0; i < 3; i++) Assert.True(await pool.SubmitAsync(SendNumber, i));
    }

    // Nothing piles up: the worker waits where it sends.
    [Fact]
    public async Task Handler_Slow_SlowsTheWorkerDown()
    {
        using var gate = new ManualResetEventSlim();
        await using var pool = Pool(m =>
        {
            gate.Wait();
            _heard.Enqueue(m);
        });
        var task = pool.SubmitAsync(SendMany, 200_000); // 3 MB
        await Until.TrueAsync(() => pool.GetStatistics().CurrentRunning == 1, "it runs");
        Assert.False(task.IsCompleted);
        gate.Set();
        await task;
        Assert.Equal(200_000, _heard.Count);
    }

    [Fact]
    public async Task Initializer_WithAReceiverOfProgress_ReportsForAsLongAsTheWorkerLives()
    {
        var heard = new ConcurrentQueue<string>();
        IProgress<string> progress = new Receiver(heard.Enqueue);
        await using (var pool = Pool(null, WorkerInitializer.Create(async () =>
        {
            await Task.Yield();
            progress.Report("initializer");
            return progress;
        })))
        {
            for (int i = 0; i < 3; i++) await pool.SubmitAsync(n => WorkContext.Current!.GetState<IProgress<string>>().Report($"item {n}"), i);
            Assert.Equal(["initializer", "item 0", "item 1", "item 2"], heard);
            await Assert.ThrowsAsync<WorkerCrashedException>(() => pool.SubmitAsync(() =>
            {
                WorkContext.Current!.GetState<IProgress<string>>().Report("last words");
                Native.Kill(Environment.ProcessId, 9);
            }));
            Assert.Equal("last words", heard.Last());
            await pool.SubmitAsync(n => WorkContext.Current!.GetState<IProgress<string>>().Report($"item {n}"), 3);
        }
        Assert.Equal(["initializer", "item 3"], heard.TakeLast(2)); // of the worker in its place
    }

    [Fact]
    public async Task Initializer_WithAReceiverThatThrows_ThePoolGoesOn()
    {
        IProgress<int> progress = new ThrowingReceiver();
        await using var pool = Pool(null, WorkerInitializer.Create(() => progress.Report(1)));
        Assert.Equal(1, await pool.SubmitAsync(Jobs.Noop, 1));
    }

    private sealed class Receiver(Action<string> handler) : IProgress<string>
    {
        public void Report(string value) => handler(value);
    }

    private sealed class ThrowingReceiver : IProgress<int>
    {
        public void Report(int value) => throw new FormatException("receiver");
    }
}

public sealed class SharedMemoryMessageTests() : MessageTests(Way.SharedMemory);

public sealed class SocketMessageTests() : MessageTests(Way.Sockets);

public sealed class PortableMessageTests() : MessageTests(Way.Portable);
