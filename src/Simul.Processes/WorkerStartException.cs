namespace Simul;

/// <summary>Worker processes cannot be started, so work that waits for one fails.</summary>
public sealed class WorkerStartException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed and what to do.</param>
    public WorkerStartException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What failed and what to do.</param>
    /// <param name="innerException">The cause.</param>
    public WorkerStartException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
