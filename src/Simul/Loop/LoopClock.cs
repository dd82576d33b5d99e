namespace Simul;

// The loop's view of time: what it is now, in ticks of 100 ns, and how to wait for a moment.
internal abstract class LoopClock : IDisposable
{
    public abstract TimeProvider Provider { get; }

    public abstract long Now { get; }

    // Waits in the driver until the moment, or until woken. long.MaxValue: no deadline.
    public abstract void Wait(LoopDriver driver, long until, bool forOthers);

    // The calling thread begins to run the loop, or has run it for now: once for a loop that owns its thread, at each visit
    // for one that is hosted.
    public virtual void Enter()
    {
    }

    public virtual void Leave()
    {
    }

    // Foreign work came in while the loop waited.
    public virtual void Busy()
    {
    }

    // The clock has others on it that may still do something, so an idle loop is not a stalled one.
    public virtual bool OthersMayAct => false;

    public virtual void Dispose()
    {
    }

    public static LoopClock For(TimeProvider provider, string name, LoopDriver driver) => provider switch
    {
        VirtualTimeProvider v => new VirtualClock(v, name, driver),
        ScaledTimeProvider s => new RealClock(s, s.ToInner),
        _ when provider == TimeProvider.System => new RealClock(provider, static real => real),
        _ => new ProviderClock(provider),
    };

    private sealed class RealClock(TimeProvider provider, Func<TimeSpan, TimeSpan> toReal) : LoopClock
    {
        private readonly long _origin = provider.GetTimestamp();

        public override TimeProvider Provider => provider;

        public override long Now => provider.GetElapsedTime(_origin).Ticks;

        public override void Wait(LoopDriver driver, long until, bool forOthers) =>
            driver.Wait(until == long.MaxValue ? Timeout.InfiniteTimeSpan : toReal(TimeSpan.FromTicks(Math.Max(0, until - Now))));
    }

    // Somebody else's clock, of which we know only that it makes timers: the timer wakes the driver.
    private sealed class ProviderClock(TimeProvider provider) : LoopClock
    {
        private readonly long _origin = provider.GetTimestamp();

        public override TimeProvider Provider => provider;

        public override long Now => provider.GetElapsedTime(_origin).Ticks;

        public override void Wait(LoopDriver driver, long until, bool forOthers)
        {
            if (until == long.MaxValue)
            {
                driver.Wait(Timeout.InfiniteTimeSpan);
                return;
            }
            long left = until - Now;
            if (left <= 0) return;
            using var timer = provider.CreateTimer(static d => ((LoopDriver)d!).Wake(), driver, TimeSpan.FromTicks(left), Timeout.InfiniteTimeSpan);
            driver.Wait(Timeout.InfiniteTimeSpan);
        }
    }

    private sealed class VirtualClock : LoopClock
    {
        private readonly VirtualTimeProvider _provider;
        private readonly ClockMember _member;
        private ClockMember? _previous; // set by Enter, reset by Leave

        public VirtualClock(VirtualTimeProvider provider, string name, LoopDriver driver)
        {
            _provider = provider;
            _member = provider.Join(name, driver.Wake);
        }

        public override TimeProvider Provider => _provider;

        public override long Now => _provider.GetTimestamp();

        public override bool OthersMayAct => _provider.HasOthers(_member);

        public override void Wait(LoopDriver driver, long until, bool forOthers)
        {
            if (_provider.Idle(_member, until, ClockMemberState.Idle, forOthers)) return;
            driver.Wait(Timeout.InfiniteTimeSpan);
            _member.Awake();
        }

        // Who runs a loop waits for it: a job that does so frees the clock to the loop.
        public override void Enter()
        {
            _previous = ClockMember.Current;
            if (_previous?.Clock == _provider) _previous.IdleUntil(TimeSpan.MaxValue);
            ClockMember.Current = _member;
        }

        // Before the member may leave for good, so that the clock is held by one of the two.
        public override void Leave()
        {
            ClockMember.Current = _previous;
            if (_previous?.Clock == _provider) _previous.Awake();
            _previous = null;
        }

        public override void Busy() => _member.Busy();

        public override void Dispose() => _member.Dispose();
    }
}
