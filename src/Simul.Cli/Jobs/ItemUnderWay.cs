namespace Simul.Cli.Jobs;

// An item that was handed to the host and has not ended. All but Attempt are null until a worker takes it up.
internal sealed record ItemUnderWay(int Attempt)
{
    public string? Worker { get; init; }

    public int? ProcessId { get; init; }

    public DateTimeOffset? Began { get; init; }

    public long Since { get; init; }
}
