using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Simul.Logging.Entries;

namespace Simul.Logging.Remote;

// What a worker has in a logger's place. Without a category it is one certain logger at home.
//
// Thread safety: all members may be used from any thread.
[DebuggerDisplay("{_category,nq}: to the submitter")]
internal class RemoteLogger(LogLine line, string? category) : ILogger
{
    private readonly string? _category = category;

    public bool IsEnabled(LogLevel logLevel) => line.IsEnabled(logLevel);

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => line.Scopes.Push(state);

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        ArgumentNullException.ThrowIfNull(formatter);
        if (!IsEnabled(logLevel)) return;
        // Formatted here: the formatter is code, and may know more of the state than travels.
        line.Send(EntryWriter.Write(_category, line.Worker, logLevel, eventId, formatter(state, exception) ?? "", state, exception, line.Scopes));
    }
}

internal sealed class RemoteLogger<T>(LogLine line) : RemoteLogger(line, category: null), ILogger<T>;
