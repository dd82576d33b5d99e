using System.Diagnostics;

namespace Simul.Diagnostics;

/// <summary>An observer that remembers what it heard as a <see cref="Timeline"/>.</summary>
/// <remarks>
/// <para>Thread safety: every member may be called from any thread. One lock is held for a list append or a dictionary
/// step, so engines with many workers meet there briefly; nothing of theirs runs under it.</para>
/// <para>Memory: bounded by <see cref="TimelineRecorderOptions.MaxSpans"/>. A full recorder counts what it drops and keeps
/// what it has.</para>
/// </remarks>
/// <example><code>
/// var recorder = new TimelineRecorder();
/// await using (var engine = new ThreadExecutor(new() { Observer = recorder }))
/// {
///     await engine.SubmitAsync(Work);
/// }
/// Timeline timeline = recorder.Snapshot();
/// </code></example>
[DebuggerDisplay("{CurrentSpans} spans, {TotalDropped} dropped")]
public sealed class TimelineRecorder : WorkObserver
{
    private readonly Lock _lock = new();
    private readonly int _maxSpans;
    private readonly int _maxSteps;
    private readonly Func<string, string, TimelineKind>? _classify;

    // Owner of the next five: _lock.
    private readonly List<TimelineSpan> _spans = [];
    private StepRing? _steps; // made when a loop first reports
    private readonly Dictionary<OpenKey, WorkEvent> _open = [];
    private long _dropped;
    private TimeSpan _latest;

    /// <summary>Makes an empty recorder.</summary>
    /// <param name="options">Limits; null means the defaults.</param>
    /// <exception cref="ArgumentOutOfRangeException"><see cref="TimelineRecorderOptions.MaxSpans"/> or
    /// <see cref="TimelineRecorderOptions.MaxSteps"/> is not positive.</exception>
    public TimelineRecorder(TimelineRecorderOptions? options = null)
    {
        options ??= new TimelineRecorderOptions();
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxSpans, nameof(options.MaxSpans));
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(options.MaxSteps, nameof(options.MaxSteps));
        _maxSpans = options.MaxSpans;
        _maxSteps = options.MaxSteps;
        _classify = options.Classify;
    }

    /// <summary>How many spans it holds now, unfinished ones included.</summary>
    public int CurrentSpans
    {
        get
        {
            lock (_lock)
            {
                return _spans.Count + _open.Count;
            }
        }
    }

    /// <summary>How many spans it had no room for.</summary>
    public long TotalDropped
    {
        get
        {
            lock (_lock)
            {
                return _dropped;
            }
        }
    }

    /// <inheritdoc/>
    public override void Started(in WorkEvent work)
    {
        lock (_lock)
        {
            NoteTimeLocked(work.Time);
            if (HasRoomLocked())
            {
                // An executor that hands the same number out twice has only its later item shown: better than throwing
                // into the engine.
                _open[new OpenKey(work.Engine, work.Worker, work.Id)] = work;
            }
        }
    }

    /// <inheritdoc/>
    public override void Ended(in WorkEvent work, WorkEnd outcome)
    {
        TimelineKind kind = outcome switch
        {
            WorkEnd.Completed => TimelineKind.Busy,
            WorkEnd.Cancelled => TimelineKind.Cancelled,
            _ => TimelineKind.Failed,
        };
        lock (_lock)
        {
            NoteTimeLocked(work.Time);

            // Not found: its start was dropped and counted there; or it never ran, and then it has no stretch to show.
            if (_open.Remove(new OpenKey(work.Engine, work.Worker, work.Id), out WorkEvent start))
            {
                _spans.Add(new TimelineSpan(start.Worker, start.Name, start.Time, work.Time, kind));
            }
        }
    }

    /// <inheritdoc/>
    public override void Span(string lane, string name, TimeSpan start, TimeSpan end) =>
        Add(new TimelineSpan(lane, name, start, end, _classify?.Invoke(lane, name) ?? TimelineKind.Busy));

    /// <inheritdoc/>
    /// <remarks>Each task of the loop gets a lane that shows when it ran and when it waited. The latest
    /// <see cref="TimelineRecorderOptions.MaxSteps"/> are kept, and their tasks with them.</remarks>
    public override void Ran(string loop, ReadOnlySpan<LoopStep> steps, TimeSpan start, TimeSpan end)
    {
        lock (_lock)
        {
            NoteTimeLocked(end);
            (_steps ??= new StepRing(_maxSteps)).Add(loop, steps, start, end);
        }
    }

    /// <summary>Records a span that says more than <see cref="Span"/> can: its kind and who did it.</summary>
    /// <param name="span">The span.</param>
    public void Add(TimelineSpan span)
    {
        lock (_lock)
        {
            NoteTimeLocked(span.End);
            if (HasRoomLocked())
            {
                _spans.Add(span);
            }
        }
    }

    /// <summary>What was recorded until now. Work that has not ended is in it as <see cref="TimelineKind.Unfinished"/>, up
    /// to the latest time heard of. The recorder goes on.</summary>
    /// <param name="lanes">Lanes in the order wanted; null means natural order.</param>
    /// <returns>The timeline.</returns>
    public Timeline Snapshot(IEnumerable<string>? lanes = null)
    {
        List<TimelineSpan> copy;
        StepRing.Copy? steps;
        long dropped;
        lock (_lock)
        {
            copy = [.. _spans, .. _open.Values.Select(work => new TimelineSpan(work.Worker, work.Name, work.Time, _latest, TimelineKind.Unfinished))];
            steps = _steps?.TakeCopy();
            dropped = _dropped;
        }

        // This and sorting are the dear part and need no lock: workers go on meanwhile.
        steps?.AddSpansTo(copy, _maxSpans, ref dropped);
        return new Timeline(copy, dropped, lanes);
    }

    private bool HasRoomLocked()
    {
        if (_spans.Count + _open.Count < _maxSpans)
        {
            return true;
        }

        _dropped++;
        return false;
    }

    private void NoteTimeLocked(TimeSpan time) => _latest = time > _latest ? time : _latest;

    // The number is unique within its executor only; two executors are told apart by their workers' names.
    private readonly record struct OpenKey(string Engine, string Worker, long Id);
}
