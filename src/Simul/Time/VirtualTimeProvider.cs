using System.Diagnostics;

namespace Simul;

/// <summary>A clock that stands still while anybody works and jumps to the next deadline when everybody waits.</summary>
/// <remarks>
/// <para>
/// Whoever takes part in the time (an event loop, a job on a worker thread, a job in a worker process) is a
/// <see cref="ClockMember"/>. A member either holds the clock or is idle until a deadline; when no member holds it, the
/// clock jumps to the smallest deadline. It never goes back. The semantics follow trio's autojump clock, widened to
/// several loops, threads and processes.
/// </para>
/// <para>Work that nobody announced (a foreign thread, a pending network reply) does not hold the clock;
/// <see cref="Join"/> does it for such work.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
/// <example>
/// <code>
/// var clock = new VirtualTimeProvider();
/// EventLoop.Run(async () => await EventLoop.Delay(TimeSpan.FromHours(12)), new EventLoopOptions { Clock = clock });
/// Console.WriteLine(clock.Elapsed); // 12:00:00, after a few milliseconds
/// </code>
/// </example>
[DebuggerDisplay("{Elapsed}, {_members.Count} members, {_busy} busy")]
public sealed class VirtualTimeProvider : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<ClockMember> _members = [];
    private readonly DateTimeOffset _start;
    private int _busy; // members in state Busy; owner: _gate
    private long _now; // ticks of 100 ns since the start; written under _gate, read anywhere

    /// <summary>Makes a clock that stands at its start.</summary>
    /// <param name="start">The wall-clock time it shows at first; 2000-01-01 UTC when omitted, so that runs repeat exactly.</param>
    public VirtualTimeProvider(DateTimeOffset? start = null)
    {
        _start = start ?? new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    }

    /// <summary>The time that has passed on this clock.</summary>
    public TimeSpan Elapsed => new(Volatile.Read(ref _now));

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    /// <inheritdoc/>
    public override long GetTimestamp() => Volatile.Read(ref _now);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    /// <remarks>The callback runs on the thread pool and holds the clock while it runs. A loop's own
    /// time provider runs it on the loop instead.</remarks>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new VirtualTimer(this, callback, state, dueTime, period);
    }

    /// <summary>Joins the time as somebody who works: the clock stands until the member idles or leaves.</summary>
    /// <param name="name">Shown in diagnostics.</param>
    /// <param name="wake">Called, on the thread that made the clock jump, when an idle member's deadline has come.
    /// It must be quick and must not throw.</param>
    /// <returns>The membership; disposing it leaves.</returns>
    public ClockMember Join(string name, Action? wake = null)
    {
        ArgumentNullException.ThrowIfNull(name);
        var member = new ClockMember(this, name, wake);
        lock (_gate)
        {
            _members.Add(member);
            _busy++;
        }
        return member;
    }

    /// <summary>True when every member waits and none has a deadline: nothing on this clock will ever happen by itself.</summary>
    public bool IsStalled
    {
        get
        {
            lock (_gate) return _busy == 0 && NextDeadlineLocked() == long.MaxValue;
        }
    }

    // Returns true when the deadline has come already; the member is busy then.
    internal bool Idle(ClockMember member, long until, ClockMemberState how, bool asks = false)
    {
        List<ClockMember>? due;
        bool mine;
        lock (_gate)
        {
            if (member.State == ClockMemberState.Left) return true;
            if (member.Nudged && how == ClockMemberState.Idle)
            {
                member.Nudged = false;
                AwakenLocked(member);
                return true;
            }
            if (member.SleepCancelled && how == ClockMemberState.Sleeping) return true;
            if (member.State == ClockMemberState.Busy) _busy--;
            member.State = how;
            member.Until = Math.Max(until, _now);
            member.AsksWhenQuiet = asks;
            due = JumpLocked();
            mine = member.State == ClockMemberState.Busy;
        }
        if (due is not null)
        {
            foreach (var other in due)
            {
                if (other != member) other.WakeNow();
            }
        }
        return mine;
    }

    // Work came in for a member: it holds the clock again. One that has not idled yet is nudged, so that it does not: else
    // the clock could jump over work that was handed over just before. No effect on one that blocks in Sleep.
    internal void Busy(ClockMember member)
    {
        lock (_gate)
        {
            if (member.State == ClockMemberState.Busy) member.Nudged = true;
            else if (member.State == ClockMemberState.Idle) AwakenLocked(member);
        }
    }

    // The end of the member's own wait, whatever ended it.
    internal void Awake(ClockMember member)
    {
        lock (_gate) AwakenLocked(member);
    }

    internal void CancelSleep(ClockMember member)
    {
        lock (_gate)
        {
            member.SleepCancelled = true; // one that is about to sleep then does not
            AwakenLocked(member);
        }
    }

    private void AwakenLocked(ClockMember member)
    {
        if (member.State is ClockMemberState.Busy or ClockMemberState.Left) return;
        member.State = ClockMemberState.Busy;
        _busy++;
    }

    // Whether anybody but this member works, or waits for a moment that will come.
    internal bool HasOthers(ClockMember member)
    {
        lock (_gate)
        {
            foreach (var other in _members)
            {
                if (other != member && (other.State == ClockMemberState.Busy || other.Until != long.MaxValue)) return true;
            }
            return false;
        }
    }

    internal bool IsBusy(ClockMember member)
    {
        lock (_gate) return member.State is ClockMemberState.Busy or ClockMemberState.Left;
    }

    internal void Leave(ClockMember member)
    {
        List<ClockMember>? due;
        bool slept;
        lock (_gate)
        {
            if (member.State == ClockMemberState.Left) return;
            if (member.State == ClockMemberState.Busy) _busy--;
            slept = member.State == ClockMemberState.Sleeping;
            member.State = ClockMemberState.Left;
            _members.Remove(member);
            due = JumpLocked();
        }
        if (slept) member.WakeNow(); // its moment will not come any more
        if (due is null) return;
        foreach (var other in due) other.WakeNow();
    }

    // The jump itself: only when nobody holds the clock. Members that are due are busy before anybody else can look, so
    // that the first of them to idle again cannot make the clock run past the others.
    private List<ClockMember>? JumpLocked()
    {
        if (_busy > 0) return null;
        long next = NextDeadlineLocked();
        if (next == long.MaxValue) return AskLocked();
        Volatile.Write(ref _now, next);
        var due = new List<ClockMember>();
        foreach (var member in _members)
        {
            if (member.Until > next) continue;
            member.State = ClockMemberState.Busy;
            _busy++;
            due.Add(member);
        }
        return due;
    }

    // Everybody waits and no moment will come. A loop that idled because somebody else might still act has to think again; one
    // at a time, so that the others are seen to be idle.
    private List<ClockMember>? AskLocked()
    {
        foreach (var member in _members)
        {
            if (member.State != ClockMemberState.Idle || !member.AsksWhenQuiet) continue;
            member.AsksWhenQuiet = false;
            AwakenLocked(member);
            return [member];
        }
        return null;
    }

    private long NextDeadlineLocked()
    {
        long next = long.MaxValue;
        foreach (var member in _members)
        {
            if (member.State != ClockMemberState.Busy && member.Until < next) next = member.Until;
        }
        return next;
    }
}
