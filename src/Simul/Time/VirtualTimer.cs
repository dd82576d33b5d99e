namespace Simul;

// A BCL timer on a virtual clock, for code that runs on no loop. Its member is idle until the due time; while the callback
// runs, on the pool, it holds the clock.
internal sealed class VirtualTimer : ITimer
{
    private readonly VirtualTimeProvider _clock;
    private readonly TimerCallback _callback;
    private readonly object? _state;
    private readonly Lock _gate = new();
    private ClockMember? _member;  // owner: _gate; null while disarmed
    private TimeSpan _period;      // owner: _gate
    private bool _disposed;        // owner: _gate

    public VirtualTimer(VirtualTimeProvider clock, TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        _clock = clock;
        _callback = callback;
        _state = state;
        Change(dueTime, period);
    }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        ClockMember? old;
        lock (_gate)
        {
            if (_disposed) return false;
            old = _member;
            _period = dueTime == Timeout.InfiniteTimeSpan ? Timeout.InfiniteTimeSpan : period; // without a due time the period does not count
            _member = null;
            if (dueTime != Timeout.InfiniteTimeSpan) ArmLocked(dueTime);
        }
        old?.Dispose();
        return true;
    }

    public void Dispose()
    {
        ClockMember? old;
        lock (_gate)
        {
            _disposed = true;
            old = _member;
            _member = null;
        }
        old?.Dispose();
    }

    public ValueTask DisposeAsync()
    {
        Dispose();
        return ValueTask.CompletedTask;
    }

    private void ArmLocked(TimeSpan dueTime)
    {
        ClockMember? member = null;
        member = _clock.Join("timer", () => Queue(member!));
        _member = member;
        if (member.IdleUntil(_clock.Elapsed + dueTime)) Queue(member);
    }

    private void Queue(ClockMember member) => ThreadPool.UnsafeQueueUserWorkItem(static x => x.timer.Fire(x.member), (timer: this, member), preferLocal: false);

    private void Fire(ClockMember member)
    {
        try
        {
            lock (_gate)
            {
                if (_member != member) return;
                _member = null;
            }
            _callback(_state);
        }
        finally
        {
            lock (_gate)
            {
                if (!_disposed && _member is null && _period > TimeSpan.Zero) ArmLocked(_period);
            }
            member.Dispose();
        }
    }
}
