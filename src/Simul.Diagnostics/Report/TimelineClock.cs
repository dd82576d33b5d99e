namespace Simul.Diagnostics;

/// <summary>How a report writes times.</summary>
public enum TimelineClock
{
    /// <summary>Hours, minutes and seconds, as a chess clock shows them: <c>1:00:55</c>.</summary>
    Exhibition,

    /// <summary>The unit that fits: <c>1.25 s</c>, <c>12.5 ms</c>, <c>40 µs</c>.</summary>
    Wall,
}
