namespace Simul;

/// <summary>What a <see cref="ChildProcess"/> can be told.</summary>
public sealed record ChildProcessOptions
{
    /// <summary>The child's name in reports and in its <see cref="WorkContext"/>. Default: <c>child-1</c>, <c>child-2</c>, ...</summary>
    public string? Name { get; init; }

    /// <summary>Environment variables on top of this process's own; a null value takes one away. Default: none.</summary>
    public IReadOnlyDictionary<string, string?> Environment
    {
        get;
        init => field = value ?? throw new ArgumentNullException(nameof(Environment), "A child needs an environment; leave it out to hand on this process's own.");
    } = new Dictionary<string, string?>();

    /// <summary>The folder the child runs in. Default: this process's current one.</summary>
    public string? WorkingDirectory { get; init; }

    /// <summary>Hears each line the child prints, from a thread of the library; it must be quick and must not throw.
    /// Default: both streams go to this process's standard error.</summary>
    public Action<WorkerOutput>? OutputHandler { get; init; }

    /// <summary>Whether the child writes straight to this process's standard output and error, terminal included. Default:
    /// false. Nobody then hears its lines, and a crash has no last words to show.</summary>
    public bool InheritOutput { get; init; }

    /// <summary>How long a cancelled method may take to end by itself before the child is killed, and how long
    /// <see cref="ChildProcess.DisposeAsync"/> lets a child whose method has ended go on; in real time. Default: 2 seconds.
    /// <see cref="Timeout.InfiniteTimeSpan"/>: for ever.</summary>
    public TimeSpan Grace
    {
        get;
        init => field = value == Timeout.InfiniteTimeSpan || (value >= TimeSpan.Zero && value < TimeSpan.FromDays(24))
            ? value
            : throw new ArgumentOutOfRangeException(nameof(Grace), value, "The grace period must be zero or more and less than 24 days, or Timeout.InfiniteTimeSpan.");
    } = TimeSpan.FromSeconds(2);

    /// <summary>The clock the method sees as <see cref="WorkContext.Clock"/>: the system's, or a <see cref="ScaledTimeProvider"/>.
    /// Default: the system's. A <see cref="VirtualTimeProvider"/> is refused: a child belongs to no pool that could hold the
    /// clock for it. Use a <see cref="ProcessExecutor"/> there.</summary>
    public TimeProvider Clock
    {
        get;
        init => field = value switch
        {
            null => throw new ArgumentNullException(nameof(Clock), "A child needs a clock; TimeProvider.System is the usual one."),
            VirtualTimeProvider => throw new ArgumentException("A standalone child process runs in real time and cannot join a virtual clock. Run the method on a ProcessExecutor with this clock.", nameof(Clock)),
            _ => value,
        };
    } = TimeProvider.System;

    /// <summary>Whether debuggers, profilers and <c>dotnet-trace</c> can attach to the child. Default: false. The runtime
    /// keeps files for it in the temporary folder, which stay behind when the child is killed.</summary>
    public bool Diagnostics { get; init; }

    /// <summary>How messages travel. Default: the fastest way the system has.</summary>
    public WorkerTransport Transport
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Transport), value, "There is no such transport.");
    }

    /// <summary>Writes and reads values that are not raw memory, on both sides: the worker makes one of the same type. Default:
    /// <see cref="JsonWorkSerializer"/>.</summary>
    /// <exception cref="ArgumentException">The type has no public parameterless constructor.</exception>
    public WorkSerializer Serializer
    {
        get;
        init => field = WorkSerializer.Checked(value, nameof(Serializer));
    } = JsonWorkSerializer.Default;

    // Forces the way that works on every system, for tests.
    internal bool PortableLaunch { get; init; }
}
