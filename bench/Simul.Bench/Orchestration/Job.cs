namespace Simul.Bench.Orchestration;

/// <summary>One program to start: Simul's own scenario, a peer, or a physical reference.</summary>
internal sealed record Job(string Peer, JobKind Kind, string[] Command)
{
    /// <summary>Pinned to one core, as every single-threaded workload is.</summary>
    public bool Pinned { get; init; } = true;

    /// <summary>Beside what every job gets.</summary>
    public (string Name, string Value)[] Environment { get; init; } = [];

    /// <summary>How many inner repeats; null: the run's default.</summary>
    public int? Repeats { get; init; }

    /// <summary>What must be there; null: nothing but Simul itself.</summary>
    public Tool? Needs { get; init; }
}

internal enum JobKind
{
    Simul,
    Peer,
    Reference,
}
