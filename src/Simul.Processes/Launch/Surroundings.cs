namespace Simul.Processes.Launch;

// What a started process finds around itself, where that differs from what its parent has.
internal sealed record Surroundings
{
    public static Surroundings OfParent { get; } = new();

    // On top of the parent's; null takes one away.
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? WorkingDirectory { get; init; }

    // It writes where its parent writes, and nobody reads along.
    public bool InheritsOutput { get; init; }
}
