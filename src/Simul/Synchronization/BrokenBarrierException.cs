namespace Simul;

/// <summary>A barrier was reset or aborted, so that those who waited at it will never be complete.</summary>
public sealed class BrokenBarrierException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which barrier, what happened to it, and what to do.</param>
    public BrokenBarrierException(string message)
        : base(message)
    {
    }
}
