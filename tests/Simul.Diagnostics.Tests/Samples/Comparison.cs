namespace Simul.Diagnostics.Tests.Samples;

/// <summary>What <c>compare</c> would show: workers' items in wall time, some failed, some at once on one loop.</summary>
internal static class Comparison
{
    public static TimelineDocument Document(int items = 2000)
    {
        return new()
        {
            Title = "WordCount.Count, 2,000 files",
            Lead = "All engines gave the same results. Take processes: 8 times as fast as one thread alone.",
            Clock = TimelineClock.Wall,
            DurationLabel = "wall time",
            Legend = new() { Path = "path" },
            Sections =
            [
                Section("sync", Spread(1, items, 1)),
                Section("loop", Overlapping(items)),
                Section("threads", Spread(2, items, 2)),
                Section("processes", Spread(8, items, 3)),
            ],
        };
    }

    public static Timeline Spread(int workers, int items, int seed)
    {
        var random = new Random(seed);
        var recorder = new TimelineRecorder(new() { MaxSpans = items + 1 });
        var free = new long[workers];
        for (int i = 0; i < items; i++)
        {
            int worker = Array.IndexOf(free, free.Min());
            var start = TimeSpan.FromTicks(free[worker] + random.Next(5, 400));
            TimeSpan end = start + TimeSpan.FromTicks(random.Next(2_000, 40_000));
            var work = new WorkEvent("engine", $"engine-{worker + 1}", i, $"/usr/share/doc/file-{i}", start);
            recorder.Started(work);
            recorder.Ended(work with { Time = end }, i % 211 == 0 ? WorkEnd.Failed : i % 503 == 0 ? WorkEnd.Cancelled : WorkEnd.Completed);
            free[worker] = end.Ticks;
        }

        return recorder.Snapshot();
    }

    private static Timeline Overlapping(int items)
    {
        var random = new Random(7);
        return new Timeline(Enumerable.Range(0, items).Select(i =>
        {
            TimeSpan start = TimeSpan.FromTicks(i * 20_000L / 4);
            return new TimelineSpan("loop-1", $"file-{i}", start, start + TimeSpan.FromTicks(random.Next(2_000, 60_000)));
        }));
    }

    private static TimelineSection Section(string name, Timeline timeline) => new()
    {
        Name = name,
        Timeline = timeline,
        Facts = [new("workers", $"{timeline.Lanes.Length}"), new("items", $"{timeline.Spans.Length:N0}"), new("p50", "2.1 ms"), new("p99", "4.0 ms"), new("memory", "48 MiB")],
    };
}
