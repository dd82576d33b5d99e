using Microsoft.Extensions.Logging;

namespace Simul.Logging.Remote;

// What a worker has in a factory's place: its loggers are those of the same category at home. Or one that makes the same logger
// always, for a Logger<T>, which asks a factory for its own.
internal sealed class RemoteLoggerFactory(LogLine line, bool oneLogger) : ILoggerFactory
{
    public ILogger CreateLogger(string categoryName)
    {
        ArgumentNullException.ThrowIfNull(categoryName);
        return new RemoteLogger(line, oneLogger ? null : categoryName);
    }

    public void AddProvider(ILoggerProvider provider) =>
        throw new NotSupportedException("This factory stands for one in another process, which has the providers. Make a LoggerFactory in the worker with a WorkerLoggerProvider, and add providers to that.");

    public void Dispose()
    {
        // The one at home belongs to somebody else.
    }
}
