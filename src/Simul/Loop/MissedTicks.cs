namespace Simul;

/// <summary>What a periodic timer does about ticks that went by while the loop, or the reader of the ticks, was busy.</summary>
/// <remarks>Semantics: tokio's <c>MissedTickBehavior</c>. None of them drifts while it is in time: a tick is counted from the
/// moment the last one was due, not from the moment it was noticed.</remarks>
public enum MissedTicks
{
    /// <summary>The late tick comes at once, the others that were missed never, and the grid stays: 10, 20, (47), 50, 60.</summary>
    Skip,

    /// <summary>All that were missed come at once, one after the other, until the grid is caught up with.</summary>
    Burst,

    /// <summary>The late tick comes at once and begins a new grid: 10, 20, (47), 57, 67.</summary>
    Delay,
}
