namespace Simul;

/// <summary>How a group of event loops runs.</summary>
public sealed record EventLoopGroupOptions
{
    internal static EventLoopGroupOptions Default { get; } = new();

    /// <summary>How many loops, each on a thread of its own. Default: one a core.</summary>
    public int Count
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Count), value, "A group needs at least 1 loop.");
    } = Environment.ProcessorCount;

    /// <summary>The group's name; its loops and threads have it with their number. Default: <c>loops</c>.</summary>
    public string Name { get; init; } = "loops";

    /// <summary>Clock, scheduling and handlers of each loop. Its name is not used.</summary>
    public EventLoopOptions Loop { get; init; } = EventLoopOptions.Default;
}
