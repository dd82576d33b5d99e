namespace Simul.Cli.Jobs;

// One run of a method over inputs on one engine.
internal sealed record JobPlan(string Method, string Engine, IReadOnlyList<string> Inputs)
{
    public int? Workers { get; init; }

    public TimeSpan? Timeout { get; init; }

    public HaltPolicy Halt { get; init; } = HaltPolicy.Never;

    // Bounds on memory; only with worker processes.
    public MemoryGuard? Memory { get; init; }

    // How often an item that failed is tried again.
    public int Retries { get; init; }
}
