namespace Simul;

/// <summary>An <see cref="AsyncBarrier"/> was reset or aborted, so that those who waited at it will never be complete.</summary>
public sealed class BrokenBarrierException : InvalidOperationException
{
    internal BrokenBarrierException(string message)
        : base(message)
    {
    }
}
