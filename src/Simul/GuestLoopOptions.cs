namespace Simul;

/// <summary>How a guest loop runs on its host.</summary>
public sealed record GuestLoopOptions
{
    internal static GuestLoopOptions Default { get; } = new();

    /// <summary>Name, clock, scheduling and handlers of the loop itself.</summary>
    public EventLoopOptions Loop { get; init; } = EventLoopOptions.Default;

    /// <summary>How many callbacks one batch runs at most, before the host gets its turn. Default: 64.</summary>
    public int MaxCallbacks
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxCallbacks), value, "A batch must run at least 1 callback, or the loop would never get on.");
    } = 64;
}
