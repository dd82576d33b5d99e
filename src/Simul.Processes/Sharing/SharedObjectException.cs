namespace Simul;

/// <summary>A shared object cannot be opened: it has gone, is of another kind, or was made by another version.</summary>
public sealed class SharedObjectException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which object, why it cannot be opened, and what to do.</param>
    public SharedObjectException(string message)
        : base(message)
    {
    }

    /// <summary>Makes the exception.</summary>
    /// <param name="message">Which object, why it cannot be opened, and what to do.</param>
    /// <param name="innerException">What the system said.</param>
    public SharedObjectException(string message, Exception? innerException)
        : base(message, innerException)
    {
    }
}
