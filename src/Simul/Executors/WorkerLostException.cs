namespace Simul;

/// <summary>The worker ended while it ran the item. What the item had done by then is unknown.</summary>
/// <remarks><see cref="RetryPolicy"/> tries such items again unless it is told otherwise.</remarks>
public abstract class WorkerLostException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which worker, which item, how it ended.</param>
    protected WorkerLostException(string message)
        : base(message)
    {
    }
}
