using System.Diagnostics;
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

    /// <summary>How the system ranks the workers' threads among all others, as <see cref="Process.PriorityClass"/> does. Default:
    /// <see cref="ProcessPriorityClass.Normal"/>, which is this process's own. On Linux a nice value: idle 19, below normal 10,
    /// above normal -6, high -11, real time -19.</summary>
    /// <remarks>Those above normal need a privilege. Where it is missing, the executor's making throws
    /// <see cref="UnauthorizedAccessException"/>; off Linux, the workers' start fails.</remarks>
    public ProcessPriorityClass WorkerPriority
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(WorkerPriority), value, "There is no such priority.");
    } = ProcessPriorityClass.Normal;

    /// <summary>The processors the workers may run on, by the system's numbers, from 0. Default: this process's own. Their
    /// runtime counts these, so <see cref="System.Environment.ProcessorCount"/> in a worker is their number; that of
    /// <see cref="Workers"/> stays what it is. On Linux and Windows; Windows knows the first 64.</summary>
    /// <remarks>One that does not exist, or that this process may not use, is an <see cref="ArgumentOutOfRangeException"/> when the
    /// executor is made; where processes cannot be bound to processors, a <see cref="PlatformNotSupportedException"/>.</remarks>
    /// <exception cref="ArgumentException">There are none.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A number is below 0 or above 8191.</exception>
    public IReadOnlyList<int>? Processors
    {
        get;
        init => field = CheckedProcessors(value);
    }

    /// <summary>Whether each worker runs on one of <see cref="Processors"/> alone, or of this process's own: the first on the first
    /// one, and round again. Default: false. For work that fits in a processor's own cache; what else runs on it slows that
    /// worker, for it cannot move.</summary>
    public bool PinWorkers { get; init; }

    private static int[]? CheckedProcessors(IReadOnlyList<int>? processors)
    {
        if (processors is null) return null;
        if (processors.Count == 0) throw new ArgumentException("Workers need a processor to run on; leave it out for those of this process.", nameof(Processors));
        foreach (int number in processors)
        {
            if (number is < 0 or >= Placement.MostProcessors) throw new ArgumentOutOfRangeException(nameof(Processors), number, $"Processors are numbered from 0 to {Placement.MostProcessors - 1} at most.");
        }
        return [.. processors.Distinct()];
    }
}
