namespace Simul;

/// <summary>What one loop of a group has to do.</summary>
/// <param name="Name">The loop's name.</param>
/// <param name="CurrentPending">Coroutines that it was given and has not begun.</param>
/// <param name="CurrentAlive">Coroutines that it was given and that have not ended, the pending included.</param>
/// <param name="CurrentReady">Callbacks that are ready to run.</param>
/// <param name="IsWaiting">Whether it waits for work.</param>
public sealed record EventLoopLoad(string Name, int CurrentPending, int CurrentAlive, int CurrentReady, bool IsWaiting);
