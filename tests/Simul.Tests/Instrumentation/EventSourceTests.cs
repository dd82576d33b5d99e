using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Diagnostics.Tracing;

namespace Simul.Tests.Instrumentation;

/// <summary>What tools hear of a loop. Each test has loops of its own name, since other tests run in the same process.</summary>
public class EventSourceTests
{
    [Fact, FifoOrder]
    public void EventSource_ListenedTo_TellsALoopsStory()
    {
        using var listener = new Events("told", EventLevel.Verbose);
        Run(StoryAsync, o => o with { Name = "told" });
        string[] expected =
        [
            "LoopStarted told", "TaskSpawned told 1 main told", "TaskStarted told 1 main", "TaskSpawned told 2 child main", "TaskStarted told 2 child",
            "TaskEnded told 2 child Succeeded", "TaskEnded told 1 main Succeeded",
        ];
        Assert.Equal(expected, listener.Lines.Where(line => !line.StartsWith("Turn", StringComparison.Ordinal) && !line.StartsWith("LoopEnded", StringComparison.Ordinal)));
        Assert.Contains("Turn told 1 1", listener.Lines);
        Assert.StartsWith("LoopEnded told ", listener.Lines.Last());
    }

    [Fact]
    public void EventSource_SwitchedOnWhileALoopRuns_IsHeardFromTheNextTurn() => Run(async () =>
    {
        await EventLoop.Current.Spawn(() => Task.CompletedTask, "before");
        using var listener = new Events("switched", EventLevel.Informational);
        await EventLoop.Yield();
        await EventLoop.Current.Spawn(() => Task.CompletedTask, "after");
        Assert.DoesNotContain(listener.Lines, line => line.Contains("before", StringComparison.Ordinal));
        Assert.Contains("TaskEnded switched 3 after Succeeded", listener.Lines);
    }, o => o with { Name = "switched" });

    [Fact]
    public void EventSource_NobodyListensAnyMore_TheLoopIsNotWatched() => Run(async () =>
    {
        using (new Events("left alone", EventLevel.Verbose)) await EventLoop.Delay(Sec(1));
        for (int i = 0; i < 3; i++) await EventLoop.Delay(Sec(1));
        // Another test may listen meanwhile.
        if (Telemetry.Events is null) Assert.Null(LoopCore.Current!.Watch);
    }, o => o with { Name = "left alone" });

    [Fact]
    public void EventSource_Stall_IsTold()
    {
        using var listener = new Events("stuck", EventLevel.Error);
        Assert.Throws<LoopStalledException>(() => Run(async () => await new Future<int>(), o => o with { Name = "stuck" }));
        Assert.Contains("LoopStalled stuck Task 'main' waits for a future of Int32", listener.Lines);
    }

    [Fact]
    public void Meter_ListenedTo_ReadsTheLoopsCounters()
    {
        Telemetry.PublishNow(EventLoop.ChooseWatches);
        var values = new ConcurrentDictionary<string, double>();
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, self) =>
        {
            if (instrument.Meter.Name == TelemetryNames.Meter) self.EnableMeasurementEvents(instrument);
        };
        listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => Note(instrument, value, tags));
        listener.Start();

        EventLoopStatistics statistics = null!;
        Run(() => TaskGroup.RunAsync(async group =>
        {
            for (int i = 0; i < 5; i++) group.Spawn(() => EventLoop.Delay(Sec(9)).AsTask());
            await EventLoop.Delay(Sec(1));
            statistics = EventLoop.Current.GetStatistics();
            listener.RecordObservableInstruments();
        }), o => o with { Name = "measured" });

        Assert.Equal(statistics.TotalTurns, values[TelemetryNames.Turns]);
        Assert.Equal(statistics.TotalCallbacks, values[TelemetryNames.Callbacks]);
        Assert.Equal(statistics.TotalInjected, values[TelemetryNames.Injected]);
        Assert.Equal(statistics.TotalStrays, values[TelemetryNames.Strays]);
        Assert.Equal(statistics.CurrentReady, values[TelemetryNames.Ready]);
        Assert.Equal(5, values[TelemetryNames.Timers]);
        Assert.Equal(6, values[TelemetryNames.TasksSpawned]);
        Assert.Equal(6, values[TelemetryNames.TasksAlive]);
        Assert.Equal(0, values[TelemetryNames.TimerLateness]); // virtual time is never late

        values.Clear();
        listener.RecordObservableInstruments();
        Assert.Empty(values); // the loop has ended

        void Note(Instrument instrument, double value, ReadOnlySpan<KeyValuePair<string, object?>> tags)
        {
            foreach (var (key, tag) in tags)
            {
                if (key == TelemetryNames.LoopTag && tag is "measured") values[instrument.Name] = value;
            }
        }
    }

    [Fact]
    public void Activities_ListenedTo_AreSpansOfTheTasksInTheirTree()
    {
        var spans = new ConcurrentQueue<Activity>();
        using var listener = new ActivityListener
        {
            ShouldListenTo = source => source.Name == TelemetryNames.ActivitySource,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllData,
            ActivityStopped = span =>
            {
                if (span.GetTagItem(TelemetryNames.LoopTag) is "traced") spans.Enqueue(span);
            },
        };
        ActivitySource.AddActivityListener(listener);
        Telemetry.PublishNow(EventLoop.ChooseWatches);
        Run(() => TaskGroup.RunAsync(async group =>
        {
            group.Spawn(async () =>
            {
                await EventLoop.Delay(Sec(1));
                Assert.Equal("child", Activity.Current?.OperationName);
            }, "child");
            await EventLoop.Delay(Sec(2));
            Assert.Equal("main", Activity.Current?.OperationName);
        }), o => o with { Name = "traced" });
        Assert.Equal(["child", "main"], spans.Select(span => span.OperationName));
        Assert.Equal(spans.Last().SpanId, spans.First().ParentSpanId);
    }

    private static Task StoryAsync() => TaskGroup.RunAsync(async group =>
    {
        group.Spawn(() => EventLoop.Delay(Sec(1)).AsTask(), "child");
        await EventLoop.Yield();
    });

    // The events of one loop, as lines.
    private sealed class Events : EventListener
    {
        private readonly string _loop;
        private readonly ConcurrentQueue<string> _lines = new();

        public Events(string loop, EventLevel level)
        {
            _loop = loop;
            Telemetry.PublishNow(EventLoop.ChooseWatches);
            EnableEvents(EventSource.GetSources().Single(source => source.Name == TelemetryNames.EventSource), level);
        }

        public IReadOnlyCollection<string> Lines => _lines;

        protected override void OnEventWritten(EventWrittenEventArgs eventData)
        {
            if (eventData.EventSource.Name == TelemetryNames.EventSource && eventData.Payload is [string loop, ..] && loop == _loop)
                _lines.Enqueue($"{eventData.EventName} {string.Join(" ", eventData.Payload)}");
        }
    }
}
