using System.Diagnostics;

namespace Simul;

/// <summary>A real clock that runs faster or slower: with speed 1000, a second passes in a millisecond.</summary>
/// <remarks>Thread safety: all members may be used from any thread.</remarks>
[DebuggerDisplay("{Elapsed} at speed {Speed}")]
public sealed class ScaledTimeProvider : TimeProvider
{
    private readonly TimeProvider _inner;
    private readonly DateTimeOffset _start;

    /// <summary>Makes a clock that starts now.</summary>
    /// <param name="speed">Seconds on this clock for each second of the inner one; above 0.</param>
    /// <param name="inner">The clock it follows; <see cref="TimeProvider.System"/> when omitted.</param>
    /// <param name="originTimestamp">The inner clock's timestamp at which this clock shows zero; now when omitted. With the same
    /// speed and origin, the clocks of several processes of one machine agree.</param>
    /// <exception cref="ArgumentOutOfRangeException">The speed is not a positive, finite number.</exception>
    public ScaledTimeProvider(double speed, TimeProvider? inner = null, long? originTimestamp = null)
    {
        if (!(speed > 0) || double.IsInfinity(speed))
            throw new ArgumentOutOfRangeException(nameof(speed), speed, "A clock's speed must be above 0 and finite: 1 is real time, 1000 a thousand times as fast.");
        Speed = speed;
        _inner = inner ?? System;
        OriginTimestamp = originTimestamp ?? _inner.GetTimestamp();
        _start = _inner.GetUtcNow() - _inner.GetElapsedTime(OriginTimestamp);
    }

    /// <summary>The inner clock's timestamp at which this clock showed zero.</summary>
    public long OriginTimestamp { get; }

    /// <summary>Seconds on this clock for each second of the inner one.</summary>
    public double Speed { get; }

    /// <summary>The time that has passed on this clock.</summary>
    public TimeSpan Elapsed => new(GetTimestamp());

    /// <inheritdoc/>
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    /// <inheritdoc/>
    public override TimeZoneInfo LocalTimeZone => _inner.LocalTimeZone;

    /// <inheritdoc/>
    public override long GetTimestamp() => (long)(_inner.GetElapsedTime(OriginTimestamp).Ticks * Speed);

    /// <inheritdoc/>
    public override DateTimeOffset GetUtcNow() => _start + Elapsed;

    /// <inheritdoc/>
    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        new Timer(_inner.CreateTimer(callback, state, ToInner(dueTime), ToInner(period)), this);

    /// <summary>How long a stretch of this clock's time lasts on the inner clock; rounded up, so that waits never end early.</summary>
    /// <param name="time">The stretch; <see cref="Timeout.InfiniteTimeSpan"/> stays infinite.</param>
    /// <returns>The inner clock's time.</returns>
    public TimeSpan ToInner(TimeSpan time) =>
        time < TimeSpan.Zero || time == TimeSpan.MaxValue ? time : new TimeSpan((long)Math.Min(Math.Ceiling(time.Ticks / Speed), long.MaxValue / 2));

    private sealed class Timer(ITimer inner, ScaledTimeProvider clock) : ITimer
    {
        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(clock.ToInner(dueTime), clock.ToInner(period));

        public void Dispose() => inner.Dispose();

        public ValueTask DisposeAsync() => inner.DisposeAsync();
    }
}
