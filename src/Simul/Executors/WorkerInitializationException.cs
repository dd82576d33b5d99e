namespace Simul;

/// <summary>A worker's initializer failed, so the executor takes no more work, and what waited fails with this.</summary>
/// <remarks>No worker is started anew for it: the next one would fail in the same way.</remarks>
public sealed class WorkerInitializationException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="engine">The executor's engine name.</param>
    /// <param name="worker">The worker's name.</param>
    /// <param name="innerException">What the initializer threw.</param>
    public WorkerInitializationException(string engine, string worker, Exception? innerException)
        : base($"The initializer failed on worker {worker}, so the {engine} executor takes no more work: {innerException?.Message} Mend it and make a new executor.", innerException)
    {
    }
}
