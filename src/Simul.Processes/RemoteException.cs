namespace Simul;

/// <summary>An exception of a worker process whose own type cannot be rebuilt here.</summary>
/// <remarks>Exceptions come back as their own type when it has a public constructor that takes a message, and that message
/// reads the same afterwards; else as this one. Either way the stack trace is the worker's.</remarks>
public sealed class RemoteException : Exception
{
    /// <summary>Makes the exception.</summary>
    /// <param name="remoteTypeName">The type's full name in the worker.</param>
    /// <param name="message">Its message.</param>
    /// <param name="remoteStackTrace">Its stack trace in the worker.</param>
    /// <param name="innerException">Its inner exception, rebuilt.</param>
    public RemoteException(string remoteTypeName, string message, string? remoteStackTrace, Exception? innerException = null)
        : base($"{remoteTypeName}: {message}", innerException)
    {
        RemoteTypeName = remoteTypeName;
        RemoteMessage = message;
        RemoteStackTrace = remoteStackTrace;
    }

    /// <summary>The type's full name in the worker.</summary>
    public string RemoteTypeName { get; }

    /// <summary>The message as it was in the worker.</summary>
    public string RemoteMessage { get; }

    /// <summary>The stack trace as it was in the worker.</summary>
    public string? RemoteStackTrace { get; }
}
