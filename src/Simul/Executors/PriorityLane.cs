namespace Simul;

// The items of one priority in a PriorityLine.
internal sealed class PriorityLane<T>(int priority)
    where T : LineItem<T>
{
    public int Priority => priority;

    public T? First { get; set; }

    public T? Last { get; set; }
}
