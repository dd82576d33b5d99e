namespace Simul;

// The loop's clock as the BCL sees it: Task.Delay, PeriodicTimer, CancelAfter and libraries that take a TimeProvider then
// run on the loop's time, and what they complete continues on the loop.
// Thread safety: any thread; from another one the timer is set by injection.
internal sealed class LoopTimeProvider(LoopCore core) : TimeProvider
{
    public override long TimestampFrequency => core.Clock.Provider.TimestampFrequency;

    public override TimeZoneInfo LocalTimeZone => core.Clock.Provider.LocalTimeZone;

    public override long GetTimestamp() => core.Clock.Provider.GetTimestamp();

    public override DateTimeOffset GetUtcNow() => core.Clock.Provider.GetUtcNow();

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (core.IsClosed) throw new EventLoopClosedException(core.Name);
        var timer = new LoopTimer(core, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    private static void Require(TimeSpan time, string name)
    {
        if (time < TimeSpan.Zero && time != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(name, time, "A timer's time is zero or more, or Timeout.InfiniteTimeSpan for never.");
    }

    private sealed class LoopTimer(LoopCore core, TimerCallback callback, object? state) : TimerNode, ITimer
    {
        private static readonly Action<object?> s_run = static x => ((LoopTimer)x!).RunOnLoop();

        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private long _period; // owner: the loop, as below; ticks, 0: fires once
        private long _due;
        private int _changes; // interlocked: a later Change or Dispose makes earlier, posted ones void
        private volatile bool _disposed;

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            Require(dueTime, nameof(dueTime));
            Require(period, nameof(period));
            if (_disposed || core.IsClosed) return false;
            int change = Interlocked.Increment(ref _changes);
            if (core.IsCurrent) ChangeOnLoop(dueTime, period);
            else return PostChange(change, dueTime, period);
            return true;
        }

        // Apart, because C# makes the closure where the method begins.
        private bool PostChange(int change, TimeSpan dueTime, TimeSpan period) => core.Inject(
            new Action<object?>(_ => { if (change == Volatile.Read(ref _changes)) ChangeOnLoop(dueTime, period); }), null, core.Host.RootContext);

        public void Dispose()
        {
            if (_disposed) return;
            _disposed = true;
            Change();
        }

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }

        internal override void FireOnLoop()
        {
            // From the moment it was due, not from now: lateness must not add up.
            if (_period > 0) Arm(Period.Next(_due, _period, core.Clock.Now, MissedTicks.Skip));
            core.Ready.Push(s_run, this, core.Host.RootContext);
        }

        private void Change()
        {
            Interlocked.Increment(ref _changes);
            if (core.IsCurrent) core.Timers.Remove(this);
            else core.Inject(new Action<object?>(static x => { var t = (LoopTimer)x!; t.RemoveOnLoop(); }), this, core.Host.RootContext);
        }

        private void RemoveOnLoop() => core.Timers.Remove(this);

        private void ChangeOnLoop(TimeSpan dueTime, TimeSpan period)
        {
            core.Timers.Remove(this);
            if (_disposed) return;
            _period = period > TimeSpan.Zero ? period.Ticks : 0;
            if (dueTime >= TimeSpan.Zero) Arm(core.DeadlineIn(dueTime));
        }

        private void Arm(long due)
        {
            _due = due;
            core.Timers.Add(this, due);
        }

        // Without a context, as the BCL's own timers: what they complete then continues inline where it asked for none, and
        // comes back by Post where it asked for the loop's.
        private void RunOnLoop()
        {
            if (_disposed) return;
            SynchronizationContext.SetSynchronizationContext(null);
            if (_context is null || _context == core.BaseContext) callback(state);
            else ExecutionContext.Run(_context, static x => { var t = (LoopTimer)x!; t.Invoke(); }, this);
        }

        private void Invoke() => callback(state);
    }
}
