using Microsoft.Extensions.Logging;

namespace Simul.Logging.Remote;

// The way home of a worker's loggers.
//
// Thread safety: all members may be used from any thread.
internal abstract class LogLine
{
    // Of all loggers of this process, as a logger factory has one for all of its own: a scope that was begun on one is there for
    // entries of another.
    private static readonly LoggerExternalScopeProvider s_scopes = new();

    public IExternalScopeProvider Scopes { get; set; } = s_scopes;

    public abstract string Worker { get; }

    public abstract bool IsEnabled(LogLevel level);

    public abstract void Send(byte[] entry);
}
