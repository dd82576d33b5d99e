namespace Simul.Diagnostics;

/// <summary>What a stretch of a timeline was.</summary>
public enum TimelineKind
{
    /// <summary>Somebody worked: a worker had an item, the master sat at the board. Drawn strong.</summary>
    Busy,

    /// <summary>Somebody waited: the opponent was thinking, an answer was on its way. Drawn pale.</summary>
    Waiting,

    /// <summary>Work that threw, timed out or lost its worker.</summary>
    Failed,

    /// <summary>Work that was given up.</summary>
    Cancelled,

    /// <summary>Work that had not ended when the snapshot was taken.</summary>
    Unfinished,
}
