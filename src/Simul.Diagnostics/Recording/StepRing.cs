namespace Simul.Diagnostics;

/// <summary>The latest steps of loops, as they come: whose they were, and one time for each stretch. Turned into spans when
/// somebody looks.</summary>
/// <remarks>A loop makes twenty million steps a second, so a stretch costs one copy and nothing is looked up. Thread safety: its
/// owner's lock.</remarks>
internal sealed class StepRing(int size)
{
    private const string Running = "running", Waiting = "waiting";

    private readonly LoopStep[] _steps = new LoopStep[size];
    private readonly Queue<Stretch> _stretches = [];
    private long _total;

    public void Add(string loop, ReadOnlySpan<LoopStep> steps, TimeSpan start, TimeSpan end)
    {
        if (steps.Length > _steps.Length) steps = steps[^_steps.Length..];
        int at = (int)(_total % _steps.Length), first = Math.Min(steps.Length, _steps.Length - at);
        steps[..first].CopyTo(_steps.AsSpan(at));
        steps[first..].CopyTo(_steps);
        _stretches.Enqueue(new Stretch(loop, _total, steps.Length, start, end));
        _total += steps.Length;
        while (_stretches.Peek().First < _total - _steps.Length) _stretches.Dequeue();
    }

    public Copy TakeCopy() => new([.. _steps], [.. _stretches]);

    internal readonly record struct Stretch(string Loop, long First, int Count, TimeSpan Start, TimeSpan End);

    /// <summary>What the ring held at one moment.</summary>
    internal sealed class Copy(LoopStep[] steps, Stretch[] stretches)
    {
        /// <summary>A lane for each task: when it ran, and when it waited in between. Within a stretch the steps are taken to be of
        /// one length.</summary>
        public void AddSpansTo(List<TimelineSpan> spans, int most, ref long dropped)
        {
            var lanes = new Dictionary<(string Loop, int Task), Lane>();
            foreach (var stretch in stretches)
            {
                for (int i = 0; i < stretch.Count; i++)
                {
                    var step = steps[(stretch.First + i) % steps.Length];
                    var key = (stretch.Loop, step.TaskId);
                    if (!lanes.TryGetValue(key, out var lane)) lanes.Add(key, lane = new Lane(step.TaskName));
                    lane.Add(At(stretch, i), At(stretch, i + 1));
                }
            }
            var shared = lanes.GroupBy(lane => lane.Value.Name, StringComparer.Ordinal).Where(same => same.Count() > 1).Select(same => same.Key).ToHashSet(StringComparer.Ordinal);
            foreach (var ((loop, task), lane) in lanes)
            {
                string name = shared.Contains(lane.Name) ? $"{lane.Name} ({loop} {task})" : lane.Name;
                TimeSpan? before = null;
                foreach (var (start, end) in lane.Runs)
                {
                    if (before is { } since) Add(new TimelineSpan(name, Waiting, since, start, TimelineKind.Waiting), ref dropped);
                    Add(new TimelineSpan(name, Running, start, end), ref dropped);
                    before = end;
                }
            }

            void Add(TimelineSpan span, ref long dropped)
            {
                if (spans.Count < most) spans.Add(span);
                else dropped++;
            }
        }

        private static TimeSpan At(Stretch stretch, int step) => stretch.Start + (stretch.End - stretch.Start) * ((double)step / stretch.Count);
    }

    private sealed class Lane(string name)
    {
        public string Name => name;

        public List<(TimeSpan Start, TimeSpan End)> Runs { get; } = [];

        // Steps that follow each other at once are one run.
        public void Add(TimeSpan start, TimeSpan end)
        {
            if (Runs.Count > 0 && Runs[^1].End >= start) Runs[^1] = (Runs[^1].Start, end);
            else Runs.Add((start, end));
        }
    }
}
