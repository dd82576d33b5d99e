using System.Globalization;

namespace Simul.Processes.Launch;

// What a started process finds around itself, where that differs from what its parent has.
internal sealed record Surroundings
{
    public static Surroundings OfParent { get; } = new();

    // On top of the parent's; null takes one away.
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    public string? WorkingDirectory { get; init; }

    // Null: it runs as the parent does.
    public Placement? Placement { get; init; }

    // It writes where its parent writes, and nobody reads along.
    public bool InheritsOutput { get; init; }

    // The runtime reads this name, too, and what the user says with the usual one (DOTNET_) comes first. So a worker can take ours
    // away from what its methods start, and leave the user's.
    public const string HeapLimitVariable = "COMPlus_GCHeapHardLimit";

    // A copy: workers are started as long as their pool lives.
    public static Surroundings Of(ProcessExecutorOptions options)
    {
        var environment = new Dictionary<string, string?>(options.Environment);
        // The rest is for what the runtime itself needs, so that managed objects alone never have their worker killed.
        if (options.WorkerMemoryLimit is { } limit) environment.TryAdd(HeapLimitVariable, (limit / 8 * 7).ToString("X", CultureInfo.InvariantCulture));
        return new() { Environment = environment, WorkingDirectory = options.WorkingDirectory, Placement = Placement.Of(options) };
    }

    // What the system would cut off, or read as another name.
    public static IReadOnlyDictionary<string, string?> Checked(IReadOnlyDictionary<string, string?> environment, string option)
    {
        ArgumentNullException.ThrowIfNull(environment, option);
        foreach (string name in environment.Keys)
        {
            if (name.Length == 0 || name.AsSpan().ContainsAny('=', '\0')) throw new ArgumentException($"'{name}' cannot be the name of an environment variable: it must not be empty, nor contain '='.", option);
        }
        return environment;
    }

    // The system's own error names the program that was to be started, whichever of the two is missing.
    public void ThrowIfFolderHasGone()
    {
        if (WorkingDirectory is { } directory && !Directory.Exists(directory))
            throw new WorkerStartException($"A worker cannot run in {directory}: there is no such folder any more. Keep it as long as the executor lives.");
    }
}
