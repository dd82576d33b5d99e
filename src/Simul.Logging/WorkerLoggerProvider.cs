using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Simul.Logging.Remote;

namespace Simul;

/// <summary>For code in a worker process that makes loggers of its own: what they are told arrives at loggers of the same category
/// of the factory that was given to <see cref="ProcessExecutorLogging.WithLogging"/>.</summary>
/// <remarks>
/// <para>Inside of items and outside: in an initializer, on a thread that an item has left behind. Elsewhere than in such a
/// worker its loggers are disabled at every level, so it may be added to a factory everywhere.</para>
/// <para>Levels: it enables all. Filters belong to the factory it is added to, and the factory at home has its own.</para>
/// <para>Ordering: all entries of a worker arrive in the order in which they were logged, before the outcome of an item that ends
/// behind them, and also when the process crashes behind them. The factory's loggers are called by the thread that receives from
/// the worker: a slow one slows the worker down, and nothing piles up.</para>
/// <para>Scopes are those of the worker: of the factory it is added to, else of all loggers of Simul in this process.</para>
/// <para>Thread safety: all members may be used from any thread, but <see cref="SetScopeProvider"/> before the first logger is
/// made.</para>
/// </remarks>
/// <example>
/// <code>
/// // in an initializer
/// Services.Loggers = LoggerFactory.Create(logging => logging.AddProvider(new WorkerLoggerProvider()));
/// </code>
/// </example>
[ProviderAlias("SimulWorker")]
[DebuggerDisplay("to the executor; heard: {WorkerMessage.AreHeard}")]
public sealed class WorkerLoggerProvider : ILoggerProvider, ISupportExternalScope
{
    private readonly MessageLine _line = new();

    /// <inheritdoc/>
    public ILogger CreateLogger(string categoryName)
    {
        ArgumentNullException.ThrowIfNull(categoryName);
        return new RemoteLogger(_line, categoryName);
    }

    /// <inheritdoc/>
    public void SetScopeProvider(IExternalScopeProvider scopeProvider)
    {
        ArgumentNullException.ThrowIfNull(scopeProvider);
        _line.Scopes = scopeProvider;
    }

    /// <summary>Does nothing: the way home belongs to the process.</summary>
    public void Dispose()
    {
    }
}
