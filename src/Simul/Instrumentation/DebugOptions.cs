using System.Diagnostics;

namespace Simul;

/// <summary>What debug mode watches for. It finds the usual mistakes while they are made, and says so in
/// <see cref="EventLoopOptions.Log"/>; it makes a loop several times slower.</summary>
/// <remarks>Times are real ones, whatever clock the loop runs on: they are about the thread, not about the program's time.</remarks>
[DebuggerDisplay("slow {SlowCallback}, blocked {BlockedAfter}")]
public sealed record DebugOptions
{
    /// <summary>The environment variable that switches debug mode on for every loop that does not say otherwise: <c>SIMUL_DEBUG=1</c>.</summary>
    public const string EnvironmentVariable = "SIMUL_DEBUG";

    /// <summary>The default options when <see cref="EnvironmentVariable"/> is <c>1</c> or <c>true</c>; otherwise null.</summary>
    public static DebugOptions? FromEnvironment { get; } = Environment.GetEnvironmentVariable(EnvironmentVariable) is "1" or "true" ? new() : null;

    /// <summary>A callback that runs this long is reported when it ends, with its task and where that was spawned. Default: 50 ms.</summary>
    public TimeSpan SlowCallback { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>A callback that has not ended after this time is reported while it runs, by a thread that watches the loop.
    /// Default: 1 s; <see cref="Timeout.InfiniteTimeSpan"/> for no watching.</summary>
    public TimeSpan BlockedAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>A cancelled scope that is held this long by an await which no cancellation reaches is reported. Default: 1 s;
    /// <see cref="Timeout.InfiniteTimeSpan"/> for no watching.</summary>
    public TimeSpan CancelledHeldAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Whether tasks remember where they were spawned (some 20 microseconds each). Default: true.</summary>
    public bool CreationSites { get; init; } = true;

    // What measures callbacks and blocking; another one in tests.
    internal TimeProvider Clock { get; init; } = TimeProvider.System;
}
