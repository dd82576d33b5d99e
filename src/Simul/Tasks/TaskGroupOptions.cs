namespace Simul;

/// <summary>Name and kind of a <see cref="TaskGroup"/>.</summary>
public sealed record TaskGroupOptions
{
    internal static TaskGroupOptions Default { get; } = new();

    /// <summary>The name shown in the task tree and in errors. Default: <c>group</c>.</summary>
    public string? Name { get; init; }

    /// <summary>Whether one child's failure leaves the others alone; the errors are raised at the end all the same. Default: false.</summary>
    public bool Supervisor { get; init; }
}
