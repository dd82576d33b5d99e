namespace Simul;

/// <summary>An <see cref="AsyncBarrier"/> was reset or aborted while tasks waited at it, or is broken.</summary>
public sealed class BrokenBarrierException : InvalidOperationException
{
    internal BrokenBarrierException(string message)
        : base(message)
    {
    }
}
