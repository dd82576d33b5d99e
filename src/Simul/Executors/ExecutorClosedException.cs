namespace Simul;

/// <summary>Work was handed to an executor that has been disposed.</summary>
public sealed class ExecutorClosedException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="engine">The executor's engine name.</param>
    public ExecutorClosedException(string engine)
        : base($"The {engine} executor has been disposed and takes no more work. Submit before DisposeAsync, or make a new executor.")
    {
    }
}
