namespace Simul;

/// <summary>A loop's counters at one moment.</summary>
/// <param name="TotalTurns">Turns begun.</param>
/// <param name="TotalCallbacks">Callbacks run: task steps, timers, posts.</param>
/// <param name="TotalInjected">Callbacks that came from other threads. A seeded run with none is replayable.</param>
/// <param name="TotalStrays">Continuations that came back after the loop had ended.</param>
/// <param name="TotalTasks">Tasks spawned.</param>
/// <param name="CurrentReady">Callbacks that are ready now.</param>
/// <param name="CurrentTimers">Deadlines waited for now.</param>
/// <param name="Driver">How the loop waits.</param>
public sealed record EventLoopStatistics(
    long TotalTurns, long TotalCallbacks, long TotalInjected, long TotalStrays, long TotalTasks, int CurrentReady, int CurrentTimers, string Driver);
