namespace Simul.Diagnostics.Tests;

public class TimelineRecorderTests
{
    [Fact]
    public void Ended_AfterStarted_GivesOneSpanOnTheWorkersLane()
    {
        var recorder = new TimelineRecorder();
        recorder.Started(At(1, 10));
        recorder.Ended(At(1, 30), WorkEnd.Completed);
        Assert.Equal([new TimelineSpan("w1", "item", Ms(10), Ms(30))], recorder.Snapshot().Spans.ToArray());
    }

    [Theory]
    [InlineData(WorkEnd.Completed, TimelineKind.Busy)]
    [InlineData(WorkEnd.Failed, TimelineKind.Failed)]
    [InlineData(WorkEnd.Cancelled, TimelineKind.Cancelled)]
    public void Ended_WithOutcome_GivesItsKind(WorkEnd outcome, TimelineKind kind)
    {
        var recorder = new TimelineRecorder();
        recorder.Started(At(1, 0));
        recorder.Ended(At(1, 5), outcome);
        Assert.Equal(kind, Assert.Single(recorder.Snapshot().Spans).Kind);
    }

    [Fact]
    public void Ended_NeverStarted_IsNothing()
    {
        var recorder = new TimelineRecorder();
        recorder.Ended(At(1, 5), WorkEnd.Cancelled);
        Assert.Empty(recorder.Snapshot().Spans);
        Assert.Equal(0, recorder.TotalDropped);
    }

    [Fact]
    public void Snapshot_WhileItemRuns_HasItUnfinishedUpToTheLatestTime()
    {
        var recorder = new TimelineRecorder();
        recorder.Started(At(1, 10));
        recorder.Span("board 1", "move", Ms(0), Ms(70));
        TimelineSpan open = Assert.Single(recorder.Snapshot().Spans, s => s.Kind == TimelineKind.Unfinished);
        Assert.Equal(Ms(70), open.End);

        recorder.Ended(At(1, 90), WorkEnd.Completed);
        Assert.DoesNotContain(recorder.Snapshot().Spans, s => s.Kind == TimelineKind.Unfinished);
    }

    [Fact]
    public void Span_WithClassify_HasTheKindItSays()
    {
        var recorder = new TimelineRecorder(new() { Classify = (_, name) => name.StartsWith("reply", StringComparison.Ordinal) ? TimelineKind.Waiting : TimelineKind.Busy });
        recorder.Span("board 1", "move 1", Ms(0), Ms(5));
        recorder.Span("board 1", "reply 1", Ms(5), Ms(60));
        Assert.Equal([TimelineKind.Busy, TimelineKind.Waiting], recorder.Snapshot().Spans.Select(s => s.Kind));
    }

    [Fact]
    public void Ran_OnALoop_GivesEachTaskALaneOfRunningAndWaiting()
    {
        var recorder = new TimelineRecorder();
        EventLoop.Run(() => TaskGroup.RunAsync(group =>
        {
            group.Spawn(async () =>
            {
                await EventLoop.Delay(Ms(10));
                await EventLoop.Delay(Ms(20));
            }, "a");
            group.Spawn(async () => await EventLoop.Delay(Ms(15)), "b");
            return Task.CompletedTask;
        }), new EventLoopOptions { Clock = new VirtualTimeProvider(), Observer = recorder });
        Timeline timeline = recorder.Snapshot();
        Assert.Equal(["a", "b", "main"], timeline.Lanes.ToArray());
        Assert.Equal(["0-0 running", "0-10 waiting", "10-10 running", "10-30 waiting", "30-30 running"], Lane("a"));
        Assert.Equal(["0-0 running", "0-15 waiting", "15-15 running"], Lane("b"));
        Assert.All(timeline.Spans, span => Assert.Equal(span.Name == "waiting" ? TimelineKind.Waiting : TimelineKind.Busy, span.Kind));

        IEnumerable<string> Lane(string lane) => timeline.Spans.Where(span => span.Lane == lane)
            .OrderBy(span => span.Start).ThenBy(span => span.End).Select(span => $"{span.Start.TotalMilliseconds}-{span.End.TotalMilliseconds} {span.Name}");
    }

    [Fact]
    public void Ran_StepsOfOneStretch_ShareItsTime()
    {
        var recorder = new TimelineRecorder();
        recorder.Ran("loop", new LoopStep[4], Ms(0), Ms(40));
        Assert.Equal([new TimelineSpan("callback", "running", Ms(0), Ms(40))], recorder.Snapshot().Spans.ToArray());
    }

    [Fact]
    public void Ran_MoreStepsThanAreKept_TheLatestStay()
    {
        var recorder = new TimelineRecorder(new() { MaxSteps = 10 });
        for (int i = 0; i < 100; i++) recorder.Ran("loop", new LoopStep[4], Ms(10 * i), Ms(10 * i + 4));
        TimelineSpan[] running = [.. recorder.Snapshot().Spans.Where(span => span.Name == "running")];
        Assert.Equal([Ms(980), Ms(990)], running.Select(span => span.Start));
        Assert.Equal(0, recorder.TotalDropped);
    }

    [Fact]
    public void Ran_TasksOfOneName_HaveLanesOfTheirOwn()
    {
        var recorder = new TimelineRecorder();
        EventLoop.Run(() => TaskGroup.RunAsync(group =>
        {
            for (int i = 0; i < 2; i++) group.Spawn(() => Task.CompletedTask, "twin");
            return Task.CompletedTask;
        }), new EventLoopOptions { Name = "home", Clock = new VirtualTimeProvider(), Observer = recorder });
        Assert.Equal(["main", "twin (home 2)", "twin (home 3)"], recorder.Snapshot().Lanes.ToArray());
    }

    // Once it has its ring, recording costs no memory.
    [Fact]
    public void Ran_SteadyState_AllocatesNothing()
    {
        var recorder = new TimelineRecorder(new() { MaxSteps = 1000 });
        var steps = new LoopStep[64];
        for (int i = 0; i < 1000; i++) recorder.Ran("loop", steps, Ms(i), Ms(i + 1));
        long least = long.MaxValue;
        for (int round = 0; round < 20 && least > 0; round++)
        {
            long before = GC.GetAllocatedBytesForCurrentThread();
            for (int i = 0; i < 1000; i++) recorder.Ran("loop", steps, Ms(i), Ms(i + 1));
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }
        Assert.Equal(0, least);
    }

    [Fact]
    public void Span_EndsBeforeItStarts_IsEmpty()
    {
        var recorder = new TimelineRecorder();
        recorder.Span("board 1", "move", Ms(9), Ms(3));
        Assert.Equal(TimeSpan.Zero, Assert.Single(recorder.Snapshot().Spans).Duration);
    }

    [Fact]
    public void Add_WhenFull_KeepsTheBeginningAndCounts()
    {
        var recorder = new TimelineRecorder(new() { MaxSpans = 3 });
        for (int i = 0; i < 10; i++)
        {
            recorder.Span("lane", $"{i}", Ms(i), Ms(i + 1));
        }

        Timeline timeline = recorder.Snapshot();
        Assert.Equal(["0", "1", "2"], timeline.Spans.Select(s => s.Name));
        Assert.Equal(7, timeline.Dropped);
    }

    [Fact]
    public void Started_WhenFullOfOpenItems_IsDroppedAndItsEndIgnored()
    {
        var recorder = new TimelineRecorder(new() { MaxSpans = 2 });
        for (int i = 0; i < 5; i++)
        {
            recorder.Started(At(i, i));
        }

        for (int i = 0; i < 5; i++)
        {
            recorder.Ended(At(i, 10 + i), WorkEnd.Completed);
        }

        Assert.Equal(2, recorder.CurrentSpans);
        Assert.Equal(3, recorder.TotalDropped);
    }

    [Fact]
    public void Constructor_NoRoom_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new TimelineRecorder(new() { MaxSpans = 0 }));

    [Fact]
    public void Observer_CalledFromManyThreads_LosesNothing()
    {
        const int Threads = 8, Each = 5_000;
        var recorder = new TimelineRecorder();
        var threads = Enumerable.Range(0, Threads).Select(t => new Thread(() =>
        {
            for (int i = 0; i < Each; i++)
            {
                var work = new WorkEvent("threads", $"threads-{t}", i, "item", Ms(i));
                recorder.Started(work);
                if (i % 100 == 0)
                {
                    // Snapshots taken meanwhile are whole: every span in them has its lane and an end not before its start.
                    Assert.All(recorder.Snapshot().Spans.TakeLast(10), s => Assert.True(s.Lane.Length > 0 && s.End >= s.Start));
                }

                recorder.Ended(work with { Time = Ms(i + 1) }, WorkEnd.Completed);
                recorder.Span("program", "mark", Ms(i), Ms(i + 1));
            }
        })).ToArray();
        foreach (Thread thread in threads)
        {
            thread.Start();
        }

        foreach (Thread thread in threads)
        {
            thread.Join();
        }

        Timeline timeline = recorder.Snapshot();
        Assert.Equal(2 * Threads * Each, timeline.Spans.Length);
        Assert.Equal(0, timeline.Dropped);
        Assert.Equal(Threads + 1, timeline.Lanes.Length);
    }

    [Fact]
    public void Observer_CalledFromManyThreadsWhenFull_CountsExactly()
    {
        const int Threads = 8, Each = 2_000;
        var recorder = new TimelineRecorder(new() { MaxSpans = 1_000 });
        Parallel.For(0, Threads, new ParallelOptions { MaxDegreeOfParallelism = Threads }, t =>
        {
            for (int i = 0; i < Each; i++)
            {
                recorder.Span($"{t}", "mark", Ms(i), Ms(i + 1));
            }
        });
        Assert.Equal(1_000, recorder.CurrentSpans);
        Assert.Equal((Threads * Each) - 1_000, recorder.TotalDropped);
    }

    private static WorkEvent At(long id, int ms) => new("threads", "w1", id, "item", Ms(ms));

    private static TimeSpan Ms(int ms) => TimeSpan.FromMilliseconds(ms);
}
