namespace Simul;

/// <summary>How an event loop runs.</summary>
public sealed record EventLoopOptions
{
    internal static EventLoopOptions Default { get; } = new();

    /// <summary>The loop's name, in messages. Default: <c>event loop</c>.</summary>
    public string Name { get; init; } = "event loop";

    /// <summary>The clock: the system's (default), a <see cref="VirtualTimeProvider"/>, a <see cref="ScaledTimeProvider"/>, or any other.</summary>
    public TimeProvider Clock
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Clock), "A loop needs a clock; TimeProvider.System is the usual one.");
    } = TimeProvider.System;

    /// <summary>The order of the callbacks in a turn. Default: <see cref="SchedulingPolicy.Fifo"/>.</summary>
    public SchedulingPolicy Scheduling { get; init; } = SchedulingPolicy.Fifo;

    /// <summary>Gets what nobody else can: exceptions of bare callbacks, of <c>async void</c> methods, of tasks spawned into the
    /// loop itself that nobody awaits. Default: none; the error then cancels the main task and ends <c>Run</c>.</summary>
    public Action<Exception>? UnhandledError { get; init; }

    /// <summary>Gets one line for what is worth knowing but is no error. Default: standard error.</summary>
    public Action<string>? Log { get; init; }

    /// <summary>Whether the first Ctrl+C cancels the main task and unwinds everything; the second ends the process at once.
    /// Default: false.</summary>
    public bool CancelOnInterrupt { get; init; }

    /// <summary>The same for SIGTERM, by which servers are told to end. After one of the two the other counts as the second.
    /// Default: false.</summary>
    public bool CancelOnTerminate { get; init; }

    /// <summary>Whether SIGQUIT (Ctrl+\) writes the task tree to <see cref="Log"/> instead of ending the process. Not on Windows.
    /// Default: false.</summary>
    public bool DumpOnQuit { get; init; }

    /// <summary>At the loop's end: how long the executors that belong to it (<see cref="EventLoop.Own"/>) get to end, in real time. Past it the loop
    /// says so in its log and closes without them. Default: five minutes, as in asyncio; <see cref="Timeout.InfiniteTimeSpan"/>
    /// for no limit.</summary>
    public TimeSpan ExecutorShutdownTimeout
    {
        get;
        init => field = value >= TimeSpan.Zero || value == Timeout.InfiniteTimeSpan ? value
            : throw new ArgumentOutOfRangeException(nameof(ExecutorShutdownTimeout), value, "A time to end must not be negative. Use TimeSpan.Zero to end at once, or Timeout.InfiniteTimeSpan for no limit.");
    } = TimeSpan.FromMinutes(5);

    /// <summary>Debug mode: what to watch for, or null for none. Default: none, unless <see cref="DebugOptions.EnvironmentVariable"/>
    /// is set.</summary>
    public DebugOptions? Debug { get; init; } = DebugOptions.FromEnvironment;

    /// <summary>Hears whose callbacks the loop runs (<see cref="WorkObserver.Ran"/>), for a recording. Default: none.</summary>
    public WorkObserver? Observer { get; init; }

    /// <summary>Under virtual time: how much real time foreign work (a network reply, a pool task) gets to come back before
    /// the clock jumps. Default: zero, the clock does not wait for what did not join it.</summary>
    public TimeSpan AutoAdvanceGrace
    {
        get;
        init => field = value >= TimeSpan.Zero ? value : throw new ArgumentOutOfRangeException(nameof(AutoAdvanceGrace), value, "The grace is zero or more.");
    }

    /// <summary>How many threads <see cref="EventLoop.ToThreadAsync{T}"/> occupies at once, at most; those that were given up
    /// and still run count. Default: 40, as in trio.</summary>
    public int MaxThreads
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(MaxThreads), value, "Blocking calls need at least 1 thread.");
    } = 40;

    /// <summary>How many greenlets there may be, and what their stacks are like.</summary>
    public GreenletOptions Greenlets { get; init; } = GreenletOptions.Default;
}
