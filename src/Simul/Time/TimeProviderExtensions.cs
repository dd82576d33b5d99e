namespace Simul;

/// <summary>Blocking waits on any clock.</summary>
public static class TimeProviderExtensions
{
    /// <summary>Blocks the calling thread until the time has passed on this clock: real, scaled or virtual.</summary>
    /// <remarks>On a <see cref="VirtualTimeProvider"/> the thread's member (a loop, a job) is idle meanwhile; a thread that is
    /// no member joins for the length of the sleep. On a loop's thread this stops the whole loop, which is what a synchronous
    /// program wants and a cooperative one must not do.</remarks>
    /// <param name="clock">The clock.</param>
    /// <param name="duration">How long, in that clock's time; zero and negative return at once.</param>
    /// <param name="cancellationToken">Ends the sleep early.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public static void Sleep(this TimeProvider clock, TimeSpan duration, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(clock);
        cancellationToken.ThrowIfCancellationRequested();
        if (duration <= TimeSpan.Zero) return;
        switch (clock)
        {
            case VirtualTimeProvider virtualClock when ClockMember.Current is { } member && member.Clock == virtualClock:
                member.Sleep(duration, cancellationToken);
                break;
            case VirtualTimeProvider virtualClock:
                using (var visitor = virtualClock.Join("sleeping thread")) visitor.Sleep(duration, cancellationToken);
                break;
            case IBlockingClock blocking:
                blocking.Sleep(duration, cancellationToken);
                break;
            default:
                // The kernel's waits are whole milliseconds, so ask the clock itself whether the time has passed.
                long started = clock.GetTimestamp();
                using (var never = new ManualResetEventSlim(false, 0))
                {
                    for (var left = duration; left > TimeSpan.Zero; left = duration - clock.GetElapsedTime(started))
                    {
                        var real = clock is ScaledTimeProvider scaled ? scaled.ToInner(left) : left;
                        never.Wait((int)Math.Min(int.MaxValue, Math.Ceiling(real.TotalMilliseconds)), cancellationToken);
                    }
                }
                break;
        }
    }
}
