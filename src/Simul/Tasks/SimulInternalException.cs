namespace Simul;

/// <summary>A defect of Simul itself. Please report it with the message and the stack trace.</summary>
public sealed class SimulInternalException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="message">What should not have happened.</param>
    public SimulInternalException(string message)
        : base($"This is a defect of Simul, please report it: {message}")
    {
    }
}
