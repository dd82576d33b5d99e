namespace Simul;

// A timer's place in the timer queue. It is alive while the timer bears its order.
internal readonly struct TimerEntry(long when, long order, TimerNode node) : IMoment, IComparable<TimerEntry>
{
    public readonly TimerNode Node = node;

    public long When { get; } = when;

    public long Order { get; } = order;

    public bool IsAlive => Node.Order == Order;

    public bool Before(in TimerFront front) => When < front.When || (When == front.When && Order < front.Order);

    public int CompareTo(TimerEntry other) => When != other.When ? (When < other.When ? -1 : 1) : Order.CompareTo(other.Order);
}
