using System.Diagnostics;

namespace Simul.Logging.Tests;

// The same method logs the same on every engine.
public abstract class LoggerContract
{
    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(60);

    protected abstract bool IsRemote { get; }

    protected abstract Executor Make(int workers = 1, WorkerInitializer? initializer = null);

    private static async Task<T> Timely<T>(Task<T> task)
    {
        await Timely((Task)task);
        return await task;
    }

    private static async Task Timely(Task task)
    {
        if (await Task.WhenAny(task, Task.Delay(s_limit)) != task) Assert.Fail($"Not within {s_limit}.");
        await task;
    }

    [Fact]
    public async Task Logger_AsArgument_EntriesArriveInOrderBeforeTheResult()
    {
        var recorder = new Recorder();
        await using var executor = Make();
        ILogger logger = recorder.Factory.CreateLogger("counting");
        Assert.Equal(50, await Timely(executor.SubmitAsync(Works.Count, logger)));
        Assert.Equal(Enumerable.Range(1, 50).Select(i => $"{i} of fifty"), recorder.Messages);
        var third = recorder.Entries.ElementAt(2);
        Assert.Equal(("counting", LogLevel.Information, 3, "count"), (third.Category, third.Level, third.EventId.Id, third.EventId.Name));
        Assert.Equal([new("Number", 3), new("All", "fifty"), new("{OriginalFormat}", "{Number} of {All}")], third.State);
        Assert.Empty(third.OwnScopes);
    }

    [Fact]
    public async Task Logger_CapturedTypedAndWithinTheArgument_Arrives()
    {
        var recorder = new Recorder();
        await using var executor = Make();
        var typed = recorder.Factory.CreateLogger<LoggerContract>();
        ILogger<Recorder> declared = recorder.Factory.CreateLogger<Recorder>();
        Logger<int> made = new(recorder.Factory);
        await Timely(executor.SubmitAsync(async ((ILogger Logger, string Text)[] items) =>
        {
            await Task.Yield();
            typed.LogInformation("typed");
            declared.LogInformation("declared");
            made.LogInformation("made");
            foreach (var (logger, text) in items) logger.LogInformation("{Text}", text);
        }, [(recorder.Factory.CreateLogger("a"), "one"), (recorder.Factory.CreateLogger("b"), "two")]));
        Assert.Equal(
            [(typeof(LoggerContract).FullName!, "typed"), (typeof(Recorder).FullName!, "declared"), ("int", "made"), ("a", "one"), ("b", "two")],
            recorder.Entries.Select(e => (e.Category, e.Message)));
    }

    [Fact]
    public async Task Logger_OfAnObjectOfARecord_TravelsWithIt()
    {
        var recorder = new Recorder();
        await using var executor = Make();
        var service = new Service(recorder.Factory.CreateLogger<Service>(), "served");
        await Timely(executor.SubmitAsync(service.Run));
        Assert.Equal(["served"], recorder.Messages);
    }

    [Fact]
    public async Task Logger_Null_IsNull()
    {
        await using var executor = Make();
        Assert.True(await Timely(executor.SubmitAsync((ILogger? logger) => logger is null, null)));
    }

    [Fact]
    public async Task Factory_AsArgument_ItsLoggersHaveTheirCategories()
    {
        var recorder = new Recorder();
        await using var executor = Make();
        await Timely(executor.SubmitAsync((ILoggerFactory loggers) =>
        {
            loggers.CreateLogger("first").LogInformation("one");
            loggers.CreateLogger<LoggerContract>().LogInformation("two");
            loggers.CreateLogger("first").LogDebug("not enabled here");
        }, recorder.Factory));
        Assert.Equal([("first", "one"), (typeof(LoggerContract).FullName!, "two")], recorder.Entries.Select(e => (e.Category, e.Message)));
    }

    [Fact]
    public async Task Exception_Arrives_WithItsStackTraceAndItsInnerOne()
    {
        var recorder = new Recorder();
        await using var executor = Make();
        await Timely(executor.SubmitAsync(Works.Fail, recorder.Factory.CreateLogger("errors")));
        var entry = Assert.Single(recorder.Entries);
        var error = Assert.IsType<InvalidOperationException>(entry.Exception);
        Assert.Equal(("deep", "deeper"), (error.Message, error.InnerException!.Message));
        Assert.Contains("ThrowDeep", error.StackTrace);
        Assert.Equal("It went wrong", entry.Message);
    }

    [Fact]
    public async Task Scopes_OfTheItem_StandAroundItsEntries()
    {
        var recorder = new Recorder();
        await using var executor = Make();
        await Timely(executor.SubmitAsync(Works.ScopesAsync, recorder.Factory.CreateLogger("scopes")));
        var entries = recorder.Entries.ToArray();
        Assert.Equal(["inside", "plain inside", "outside"], recorder.Messages);
        object[] scopes = [.. entries[0].OwnScopes];
        Assert.Equal("outer 1", scopes[0].ToString());
        Assert.Contains(new("Depth", 1), (IEnumerable<KeyValuePair<string, object?>>)scopes[0]);
        Assert.Equal([new("inner", 2)], (IEnumerable<KeyValuePair<string, object?>>)scopes[1]);
        Assert.Equal(["outer 1", "plain"], entries[1].OwnScopes.Select(s => s.ToString()));
        Assert.Empty(entries[2].OwnScopes);
    }

    [Fact]
    public async Task Level_DisabledWhenSent_IsNotEvenFormatted()
    {
        var recorder = new Recorder();
        await using var executor = Make();
        Assert.Equal(1, await Timely(executor.SubmitAsync(Works.Disabled, recorder.Factory.CreateLogger("levels"))));
        Assert.Equal(["1"], recorder.Messages);
    }

    [Fact]
    public async Task Logger_ThatThrows_DoesNotBreakThePool()
    {
        var recorder = new Recorder { Hook = static e => { if (e.State.Count > 0) throw new FormatException("full"); } };
        await using var executor = Make();
        var task = executor.SubmitAsync(Works.Count, recorder.Factory.CreateLogger("broken"));
        if (IsRemote) Assert.Equal(50, await Timely(task));
        else await Assert.ThrowsAsync<AggregateException>(() => Timely(task)); // it is called by the method itself
        Assert.Equal(1, await Timely(executor.SubmitAsync((int n) => n, 1)));
        Assert.Empty(recorder.Entries);
    }

    [Fact]
    public async Task Retry_EachAttempt_Logs()
    {
        var recorder = new Recorder();
        await using var executor = Make();
        await Timely(executor.SubmitAsync(Works.Throw, recorder.Factory.CreateLogger("retries"), new WorkOptions { Retry = RetryPolicy.On<TimeoutException>() }));
        Assert.Equal(["attempt 1", "attempt 2", "attempt 3"], recorder.Messages);
    }

    [Fact]
    public async Task Map_ManyItems_EveryEntryArrives()
    {
        var recorder = new Recorder();
        await using var executor = Make(2);
        ILogger logger = recorder.Factory.CreateLogger("map");
        int sum = 0;
        await foreach (int square in executor.MapAsync(Enumerable.Range(0, 300), n => Works.LogSquare((logger, n)))) sum += square;
        Assert.Equal(Enumerable.Range(0, 300).Sum(n => n * n), sum);
        Assert.Equal(Enumerable.Range(0, 300), recorder.Entries.Select(e => (int)e["Value"]!).Order());
    }

    [Fact]
    public async Task Initializer_WithALogger_LogsForAsLongAsTheWorkerLives()
    {
        using var folder = new Folder();
        string gate = folder["gate"];
        var recorder = new Recorder();
        ILogger logger = recorder.Factory.CreateLogger("worker");
        await using (var executor = Make(initializer: WorkerInitializer.Create(() => Works.Keep(logger))))
        {
            await Timely(executor.SubmitAsync(Works.LeaveThreadThatLogs, gate));
            Assert.Equal(["initializer"], recorder.Messages);
            await Timely(executor.SubmitAsync(() => WorkContext.Current!.GetState<ILogger>().LogInformation("item")));
            Assert.Equal(["initializer", "item"], recorder.Messages);
            File.WriteAllText(gate, "");
            await Until.TrueAsync(() => recorder.Messages.Contains("thread"), "the thread has logged");
        }
        Assert.Equal(3, recorder.Entries.Count);
    }

    [Fact]
    public async Task Entry_AfterTheItemsEnd_HarmsNothing()
    {
        var recorder = new Recorder();
        await using var executor = Make();
        await Timely(executor.SubmitAsync((ILogger logger) => new Thread(() =>
        {
            for (int i = 0; i < 200; i++) logger.LogInformation("{Number}", i);
        }).Start(), recorder.Factory.CreateLogger("late")));
        for (int i = 0; i < 20; i++) Assert.Equal(i, await Timely(executor.SubmitAsync((int n) => n, i)));
    }

    public sealed record Service(ILogger<Service> Logger, string Text)
    {
        public void Run() => Logger.LogInformation("{Text}", Text);
    }
}

public sealed class LoopLoggerContract : LoggerContract
{
    protected override bool IsRemote => false;

    protected override Executor Make(int workers = 1, WorkerInitializer? initializer = null) => new LoopExecutor(new LoopExecutorOptions { Workers = workers, Initializer = initializer });
}

public sealed class ThreadLoggerContract : LoggerContract
{
    protected override bool IsRemote => false;

    protected override Executor Make(int workers = 1, WorkerInitializer? initializer = null) => new ThreadExecutor(new ThreadExecutorOptions { Workers = workers, Initializer = initializer });
}

public abstract class ProcessLoggerContract(WorkerTransport transport) : LoggerContract
{
    protected override bool IsRemote => true;

    protected override Executor Make(int workers = 1, WorkerInitializer? initializer = null) =>
        new ProcessExecutor(new ProcessExecutorOptions { Workers = workers, Transport = transport, Initializer = initializer, OutputHandler = static _ => { } }.WithLogging());
}

public sealed class SharedMemoryLoggerContract() : ProcessLoggerContract(WorkerTransport.SharedMemory);

public sealed class SocketLoggerContract() : ProcessLoggerContract(WorkerTransport.Sockets);
