namespace Simul.Cli.Jobs;

// One run of a method over inputs on one engine.
internal sealed record JobPlan(string Method, string Engine, IReadOnlyList<string> Inputs)
{
    public int? Workers { get; init; }

    public TimeSpan? Timeout { get; init; }

    // How often an item that failed is tried again.
    public int Retries { get; init; }
}
