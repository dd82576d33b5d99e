namespace Simul;

/// <summary>How a <see cref="ThreadExecutor"/> runs.</summary>
public sealed record ThreadExecutorOptions : ExecutorOptions
{
    /// <summary>Threads, at most. They start on demand. Default: the number of processors.</summary>
    public int Workers
    {
        get;
        init => field = value > 0 ? value : throw new ArgumentOutOfRangeException(nameof(Workers), value, "A thread executor needs at least 1 worker.");
    } = Environment.ProcessorCount;
}
