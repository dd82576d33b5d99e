namespace Simul;

/// <summary>Where a <see cref="LoopTask"/> is in its life.</summary>
public enum LoopTaskStatus : byte
{
    /// <summary>Spawned; its first step has not run.</summary>
    Scheduled,

    /// <summary>Between its first step and its end.</summary>
    Running,

    /// <summary>Its body returned.</summary>
    Succeeded,

    /// <summary>Its body threw.</summary>
    Failed,

    /// <summary>It was cancelled.</summary>
    Cancelled,
}
