namespace Simul;

/// <summary>A method, an argument, a captured value or a result cannot travel between processes.</summary>
/// <remarks>Only the item concerned fails; the pool and its workers go on.</remarks>
public sealed class WorkSerializationException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What cannot travel, why, and what to do.</param>
    public WorkSerializationException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">What cannot travel, why, and what to do.</param>
    /// <param name="innerException">What the serialiser said.</param>
    public WorkSerializationException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
