namespace Simul;

// What can stand in a PriorityLine, in one at a time. It is its own node: a queue of a million items is no second million of
// objects for the collector to look after.
internal abstract class LineItem<T>
    where T : LineItem<T>
{
    // Owner of all: the line it stands in.
    internal T? Next { get; set; }

    internal T? Previous { get; set; }

    internal PriorityLane<T>? Lane { get; set; }

    public bool IsInLine => Lane is not null;
}
