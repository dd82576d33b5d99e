using System.Collections;
using System.Diagnostics;
using System.Text.Json;

namespace Simul.Logging.Tests;

// What only worker processes have, or only they can get wrong.
public sealed class ProcessLoggingTests
{
    private static ProcessExecutorOptions Quiet(int workers = 1) => new() { Workers = workers, Grace = TimeSpan.FromSeconds(0.2), OutputHandler = static _ => { } };

    [Fact]
    public async Task Scope_Outermost_NamesTheWorkerAndItsProcess()
    {
        var recorder = new Recorder();
        await using var executor = new ProcessExecutor((Quiet() with { Name = "loggers" }).WithLogging());
        int pid = await executor.SubmitAsync(l =>
        {
            l.LogInformation("here");
            return Environment.ProcessId;
        }, recorder.Factory.CreateLogger("a"));
        var entry = Assert.Single(recorder.Entries);
        Assert.Equal([new("Worker", "loggers-1"), new("ProcessId", pid)], (IEnumerable<KeyValuePair<string, object?>>)entry.Scopes[0]);
        Assert.Equal($"worker loggers-1, process {pid}", entry.Scopes[0].ToString());
    }

    // The submitter's scopes and activity are there as if the item ran here.
    [Fact]
    public async Task Entries_StandInTheSubmittersScopesAndTrace()
    {
        Activity? seen = null;
        var recorder = new Recorder { Hook = _ => seen = Activity.Current };
        ILogger logger = recorder.Factory.CreateLogger("a");
        await using var executor = new ProcessExecutor(Quiet().WithLogging());
        using var activity = new Activity("request").Start();
        using (logger.BeginScope("request 7")) await executor.SubmitAsync(Works.Count, logger);
        Assert.Equal("request 7", recorder.Entries.First().Scopes[0]);
        Assert.Same(activity, seen);
    }

    // Whoever happens to make the executor is not who the workers work for.
    [Fact]
    public async Task Entries_OfTheInitializer_StandInNobodysScopes()
    {
        Activity? seen = null;
        var recorder = new Recorder { Hook = _ => seen = Activity.Current };
        ILogger logger = recorder.Factory.CreateLogger("a");
        using var activity = new Activity("request").Start();
        using (logger.BeginScope("request 7"))
        {
            await using var executor = new ProcessExecutor((Quiet() with { Initializer = WorkerInitializer.Create(() => Works.Keep(logger)) }).WithLogging());
            Assert.Equal(1, await executor.SubmitAsync(static (int n) => n, 1));
        }
        Assert.Empty(Assert.Single(recorder.Entries).OwnScopes);
        Assert.Null(seen);
        Assert.Same(activity, Activity.Current);
    }

    [Fact]
    public async Task Values_TravelAsTheyAreOrAsTheirText()
    {
        var recorder = new Recorder();
        await using var executor = new ProcessExecutor(Quiet().WithLogging());
        await executor.SubmitAsync(RemoteWorks.Values, recorder.Factory.CreateLogger("values"));
        var entry = Assert.Single(recorder.Entries);
        Assert.Null(entry["Nothing"]);
        Assert.Equal((true, 0.5, 1.10m), (entry["Flag"], entry["Half"], entry["Money"]));
        Assert.Equal(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.FromHours(1)), entry["When"]);
        Assert.Equal((TimeSpan.FromSeconds(7), Guid.Empty, "Friday"), (entry["Span"], entry["Id"], entry["Day"]));
        Assert.Equal(new object[] { 1, 2 }, (IEnumerable)entry["Numbers"]!);
        Assert.Equal(new object?[] { "a", null, new object[] { 'b' } }, (IEnumerable)entry["Nested"]!);
        Assert.Equal([1, 2], (byte[])entry["Bytes"]!);
        Assert.Equal("opaque", entry["Opaque"]);
        Assert.Equal($"({typeof(RemoteWorks.BrokenOnce)}: its text could not be had: InvalidOperationException)", entry["Broken"]);
        Assert.Contains("opaque once", entry.Message);
    }

    // Of a type that cannot be made again from its message.
    [Fact]
    public async Task Exception_ThatCannotBeRebuilt_ArrivesAsARemoteOne()
    {
        var recorder = new Recorder();
        await using var executor = new ProcessExecutor(Quiet().WithLogging());
        await executor.SubmitAsync(RemoteWorks.FailOddly, recorder.Factory.CreateLogger("odd"));
        var error = Assert.IsType<RemoteException>(Assert.Single(recorder.Entries).Exception);
        Assert.Equal((typeof(RemoteWorks.OddException).FullName, "odd 7"), (error.RemoteTypeName, error.RemoteMessage));
        Assert.Contains(nameof(RemoteWorks.FailOddly), error.RemoteStackTrace);
    }

    [Fact]
    public async Task Message_Huge_Arrives()
    {
        var recorder = new Recorder();
        await using var executor = new ProcessExecutor(Quiet().WithLogging());
        const int Length = 20_000_000;
        Assert.Equal(Length, await executor.SubmitAsync(RemoteWorks.Huge, (recorder.Factory.CreateLogger("huge"), Length)));
        Assert.Equal(Length, Assert.Single(recorder.Entries).Message.Length);
    }

    // More than may wait, to a logger that is slower than the worker: the item waits, nothing is lost, and nothing piles up. The
    // first entry is held until many have been logged, the others lag behind.
    [Fact]
    public async Task Flood_ToASlowLogger_ArrivesWholeAndDoesNotPileUp()
    {
        const int Count = 100_000, Enough = 5_000, MostWaiting = 40_000;
        if (!OperatingSystem.IsLinux()) return;
        using var logged = SharedArray<int>.Create(1);
        int arrived = 0, most = 0;
        var recorder = new Recorder
        {
            Hook = _ =>
            {
                if (arrived++ == 0) Assert.True(SpinWait.SpinUntil(() => Volatile.Read(ref logged.Span[0]) >= Enough, TimeSpan.FromSeconds(30)));
                most = Math.Max(most, Volatile.Read(ref logged.Span[0]) - arrived);
                Thread.SpinWait(500);
            },
        };
        await using var executor = new ProcessExecutor(Quiet().WithLogging());
        await executor.SubmitAsync(RemoteWorks.Flood, (recorder.Factory.CreateLogger("flood"), Count, logged));
        Assert.Equal(Enumerable.Range(0, Count), recorder.Entries.Select(e => (int)e["Number"]!));
        Assert.InRange(most, Enough / 2, MostWaiting);
    }

    [Fact]
    public async Task Crash_WhatWasLoggedBefore_Arrives()
    {
        var recorder = new Recorder();
        await using var executor = new ProcessExecutor((Quiet() with { Initializer = WorkerInitializer.Create(RemoteWorks.MakeOwn) }).WithLogging(recorder.Factory));
        var crash = await Assert.ThrowsAsync<WorkerCrashedException>(() => executor.SubmitAsync(RemoteWorks.LogAndDie, recorder.Factory.CreateLogger("sent")));
        Assert.Equal("SIGKILL", crash.Signal);
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), recorder.Entries.Where(e => e.Category == "sent").Select(e => e.Message));
        recorder.Entries.Clear();
        await Assert.ThrowsAsync<WorkerCrashedException>(() => executor.SubmitAsync(RemoteWorks.OwnAndDie));
        Assert.Equal(Enumerable.Range(0, 100).Select(i => $"{i}"), recorder.Entries.Where(e => e.Message != "initializer").Select(e => e.Message));
    }

    [Theory]
    [InlineData(WorkerTransport.SharedMemory)]
    [InlineData(WorkerTransport.Sockets)]
    public async Task Kill_InTheMiddleOfAnEntry_LeavesWholeEntriesAndAPoolThatGoesOn(WorkerTransport transport)
    {
        using var folder = new Folder();
        var recorder = new Recorder();
        await using var executor = new ProcessExecutor((Quiet() with { Transport = transport }).WithLogging());
        var task = executor.SubmitAsync(RemoteWorks.LogForEver, (recorder.Factory.CreateLogger("cut"), folder["begun"]));
        await Until.WrittenAsync(folder["begun"]);
        Native.Kill(int.Parse(File.ReadAllText(folder["begun"])), 9);
        await Assert.ThrowsAsync<WorkerCrashedException>(() => task);
        Assert.Equal(Enumerable.Range(0, recorder.Entries.Count), recorder.Entries.Select(e => (int)e["Number"]!));
        Assert.True(recorder.Entries.Count > 3);
        Assert.All(recorder.Entries, e => Assert.Equal(100_000, ((string)e["Text"]!).Length));
        Assert.Equal(1, await executor.SubmitAsync((int n) => n, 1));
    }

    [Fact]
    public async Task Nested_EntriesGoHomeThroughTheWorkerBetween()
    {
        var recorder = new Recorder();
        await using var executor = new ProcessExecutor((Quiet() with { Name = "outer" }).WithLogging());
        await executor.SubmitAsync(RemoteWorks.NestAsync, recorder.Factory.CreateLogger("nested"));
        var entry = Assert.Single(recorder.Entries);
        Assert.Equal(("from 2", "nested"), (entry.Message, entry.Category));
        Assert.Equal(["worker outer-1", "middle", "worker inner-1", "deep"], entry.Scopes.Select(s => s.ToString()!.Split(',')[0]));
    }

    [Fact]
    public async Task Provider_InTheWorker_SendsItsCategoriesHome()
    {
        var recorder = new Recorder();
        await using (var executor = new ProcessExecutor((Quiet() with { Initializer = WorkerInitializer.Create(RemoteWorks.MakeOwn) }).WithLogging(recorder.Factory)))
        {
            Assert.Equal(3, await executor.SubmitAsync(RemoteWorks.LogOwn, 3));
            Assert.Equal(["initializer", "own 3"], recorder.Messages); // before the outcome
            await executor.SubmitAsync(RemoteWorks.OwnThread);
        }
        Assert.Equal(["initializer", "own 3", "thread"], recorder.Messages);
        Assert.All(recorder.Entries, e => Assert.Equal("own", e.Category));
        var item = recorder.Entries.ElementAt(1);
        Assert.Equal(LogLevel.Warning, item.Level);
        Assert.Equal("process-1", item.WorkerScope![0].Value);
        Assert.Equal("item 3", item.OwnScopes.Single().ToString());
    }

    [Fact]
    public async Task Provider_InAWorkerOfAWorker_SendsThroughBoth()
    {
        var recorder = new Recorder();
        await using (var executor = new ProcessExecutor((Quiet() with { Name = "outer" }).WithLogging(recorder.Factory))) await executor.SubmitAsync(RemoteWorks.NestOwnAsync);
        Assert.Equal(["initializer", "own 5"], recorder.Entries.Where(e => e.Category == "own").Select(e => e.Message));
        Assert.Equal(["worker outer-1", "worker inner-1", "item 5"], recorder.Entries.Single(e => e.Message == "own 5").Scopes.Select(s => s.ToString()!.Split(',')[0]));
        Assert.Equal("printed", recorder.Entries.Single(e => e.Category == "Simul.Workers.inner")["Line"]);
    }

    // The first failure is shown; the entries behind it are tried all the same.
    [Fact]
    public void Failures_OfALogger_AreTriedAgainAndAgain()
    {
        int tried = 0;
        var receiver = new Home.LogReceiver(_ => throw new FormatException($"{++tried}"));
        receiver.Report([]);
        receiver.Report(Entries.EntryWriter.Write("a", "w", LogLevel.Error, 1, "m", "state", null, new LoggerExternalScopeProvider()));
        receiver.Report(Entries.EntryWriter.Write("a", "w", LogLevel.Error, 1, "m", "state", null, new LoggerExternalScopeProvider()));
        Assert.Equal(2, tried);
    }

    [Fact]
    public async Task Provider_WhereNobodyHears_IsDisabled()
    {
        Assert.False(RemoteWorks.OwnIsEnabled());
        await using var without = new ProcessExecutor(Quiet().WithLogging());
        Assert.False(await without.SubmitAsync(RemoteWorks.OwnIsEnabled));
        await using var with = new ProcessExecutor(Quiet().WithLogging(new Recorder().Factory));
        Assert.True(await with.SubmitAsync(RemoteWorks.OwnIsEnabled));
    }

    [Fact]
    public async Task Provider_LoggerAtHomeThrows_ThePoolGoesOn()
    {
        var recorder = new Recorder { Hook = static e => throw new FormatException("full") };
        await using var executor = new ProcessExecutor((Quiet() with { Initializer = WorkerInitializer.Create(RemoteWorks.MakeOwn) }).WithLogging(recorder.Factory));
        for (int i = 0; i < 3; i++) Assert.Equal(i, await executor.SubmitAsync(RemoteWorks.LogOwn, i));
    }

    [Fact]
    public async Task Messages_OfOthers_AreHandedOn()
    {
        var heard = new List<string>();
        var recorder = new Recorder();
        var options = Quiet() with { MessageHandler = m => heard.Add(m.Topic), Initializer = WorkerInitializer.Create(RemoteWorks.MakeOwn) };
        await using var executor = new ProcessExecutor(options.WithLogging(recorder.Factory));
        Assert.True(await executor.SubmitAsync(static () => WorkerMessage.Send("other", [1])));
        Assert.Equal(["other"], heard);
        Assert.Equal(["initializer"], recorder.Messages);
    }

    [Fact]
    public async Task Output_OfWorkers_IsLogged()
    {
        var recorder = new Recorder();
        await using (var executor = new ProcessExecutor(new ProcessExecutorOptions { Workers = 1, Name = "printers" }.WithLogging(recorder.Factory)))
        {
            await executor.SubmitAsync(RemoteWorks.Print);
        }
        var output = Assert.Single(recorder.Entries, e => e.Level == LogLevel.Information);
        var error = Assert.Single(recorder.Entries, e => e.Level == LogLevel.Warning);
        Assert.Equal(("Simul.Workers.printers", "to output", "printers-1"), (output.Category, output["Line"], output["Worker"]));
        Assert.Equal($"printers-1 ({error["ProcessId"]}): to error", error.Message);
    }

    [Fact]
    public void Output_HandlerOfTheUsers_Stays()
    {
        Action<WorkerOutput> own = static _ => { };
        Assert.Same(own, new ProcessExecutorOptions { OutputHandler = own }.WithLogging(new Recorder().Factory).OutputHandler);
    }

    [Fact]
    public async Task Logger_WithoutWithLogging_IsRefusedWithTheMend()
    {
        ILogger logger = new Recorder().Factory.CreateLogger("a");
        var typed = new Recorder().Factory.CreateLogger<Recorder>();
        await using var executor = new ProcessExecutor(Quiet());
        Task[] refused =
        [
            executor.SubmitAsync(Works.Count, logger),
            executor.SubmitAsync(() => typed.LogInformation("captured")),
            executor.SubmitAsync(Works.LogSquare, (logger, 1)),
            executor.SubmitAsync((ILoggerFactory f) => f.CreateLogger("x").LogInformation("x"), new Recorder().Factory),
        ];
        foreach (var task in refused)
        {
            var error = await Assert.ThrowsAsync<WorkSerializationException>(() => task);
            Assert.Contains("WithLogging()", error.Message);
            Assert.Contains("LoggerConverter", error.Message);
        }
        // What is captured and not used is left out as ever.
        Assert.Equal(2, await executor.SubmitAsync(() => 2));
    }

    [Fact]
    public async Task Logger_OfAClassThatStaysHome_IsRefusedWithTheMend()
    {
        var logger = new OwnLogger();
        await using var executor = new ProcessExecutor(Quiet().WithLogging());
        var error = await Assert.ThrowsAsync<WorkSerializationException>(() => executor.SubmitAsync((OwnLogger l) => l.LogInformation("x"), logger));
        Assert.Contains("declare it as ILogger", error.Message);
    }

    [Fact]
    public async Task Logger_AsResult_IsRefused()
    {
        await using var executor = new ProcessExecutor(Quiet().WithLogging());
        Assert.Equal(0, await executor.SubmitAsync(() => RemoteWorks.ReturnLogger() is null ? 1 : 0));
        ILogger logger = new Recorder().Factory.CreateLogger("a");
        var error = await Assert.ThrowsAsync<WorkSerializationException>(() => executor.SubmitAsync((ILogger l) => l, logger));
        Assert.Contains("A logger goes from the submitter to the worker", error.Message);
    }

    [Fact]
    public async Task Serializer_OfTheUsers_TakesTheConverter()
    {
        var recorder = new Recorder();
        var options = (Quiet() with { Serializer = new SnakeJson() }).WithLogging();
        Assert.IsType<SnakeJson>(options.Serializer);
        await using var executor = new ProcessExecutor(options);
        Assert.Equal(9, await executor.SubmitAsync(Works.LogSquare, ((ILogger)recorder.Factory.CreateLogger("a"), 3)));
        Assert.Equal(["3"], recorder.Messages);
    }

    public sealed class SnakeJson() : JsonWorkSerializer(static json =>
    {
        json.PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower;
        json.Converters.Add(new LoggerConverter());
    });

    public sealed class OwnLogger : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
        }
    }
}
