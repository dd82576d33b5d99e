namespace Simul;

/// <summary>An event loop was used after it had ended.</summary>
public sealed class EventLoopClosedException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="loop">The loop's name.</param>
    public EventLoopClosedException(string loop)
        : base($"{loop} has ended and runs nothing any more. Finish what uses the loop before its main task ends, or start another loop.")
    {
    }
}
