using Simul.Processes.Launch;

namespace Simul;

// What the workers find around themselves.
public sealed partial record ProcessExecutorOptions
{
    /// <summary>Environment variables of the workers, on top of this process's own; a null value takes one away. Default: none.
    /// What counts is what it holds when the executor is made.</summary>
    /// <exception cref="ArgumentException">A name is empty or contains <c>=</c>.</exception>
    public IReadOnlyDictionary<string, string?> Environment
    {
        get;
        init => field = Surroundings.Checked(value, nameof(Environment));
    } = Surroundings.OfParent.Environment;

    /// <summary>The folder the workers run in. Default: this process's current one. It must exist when the executor is made, else
    /// that throws <see cref="DirectoryNotFoundException"/>; when it has gone later, what waits for a new worker fails with
    /// <see cref="WorkerStartException"/>.</summary>
    public string? WorkingDirectory { get; init; }
}
