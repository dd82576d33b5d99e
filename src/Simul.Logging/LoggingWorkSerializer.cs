namespace Simul;

/// <summary>A <see cref="JsonWorkSerializer"/> with the <see cref="LoggerConverter"/>: what
/// <see cref="ProcessExecutorLogging.WithLogging"/> puts in the place of the default.</summary>
/// <remarks>Thread safety: all members may be used from any thread.</remarks>
public sealed class LoggingWorkSerializer() : JsonWorkSerializer(static json => json.Converters.Add(new LoggerConverter()));
