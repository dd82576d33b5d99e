namespace Simul;

// The arithmetic of what happens again and again.
internal static class Period
{
    // When the next tick is due, after one that was due then and is noticed now.
    public static long Next(long due, long period, long now, MissedTicks missed)
    {
        long next = Add(due, period);
        if (next > now || missed == MissedTicks.Burst) return next;
        return missed == MissedTicks.Delay ? Add(now, period) : Add(due, ((now - due) / period + 1) * period);
    }

    // Behind the end of time: never.
    private static long Add(long moment, long time) => time <= long.MaxValue - moment ? moment + time : long.MaxValue;

    public static void Require(TimeSpan period, MissedTicks missed)
    {
        if (!Enum.IsDefined(missed)) throw new ArgumentOutOfRangeException(nameof(missed), missed, "There is no such way with missed ticks.");
        if (period <= TimeSpan.Zero) throw new ArgumentOutOfRangeException(nameof(period), period, "A period must be above zero. For a callback in each turn use CallSoon again and again.");
    }
}
