using System.Collections.Concurrent;

namespace Simul.Logging.Tests;

// What was logged, as a provider sees it.
internal sealed record Recorded(string Category, LogLevel Level, EventId EventId, string Message, IReadOnlyList<KeyValuePair<string, object?>> State, Exception? Exception, IReadOnlyList<object> Scopes)
{
    public object? this[string name] => State.Single(p => p.Key == name).Value;

    // Without the one that names the worker, which only worker processes have.
    public IEnumerable<object> OwnScopes => Scopes.Where(s => !IsWorker(s));

    public IReadOnlyList<KeyValuePair<string, object?>>? WorkerScope => (IReadOnlyList<KeyValuePair<string, object?>>?)Scopes.FirstOrDefault(IsWorker);

    private static bool IsWorker(object scope) => scope is IReadOnlyList<KeyValuePair<string, object?>> { Count: 2 } list && list[1].Key == "ProcessId";
}

// A provider that keeps what it is told; behind a factory of the library's own, with its filters.
internal sealed class Recorder : ILoggerProvider, ISupportExternalScope
{
    private IExternalScopeProvider _scopes = new LoggerExternalScopeProvider();

    public Recorder(LogLevel minimum = LogLevel.Information)
    {
        Factory = LoggerFactory.Create(logging => logging.SetMinimumLevel(minimum).AddProvider(this));
    }

    public ILoggerFactory Factory { get; }

    public ConcurrentQueue<Recorded> Entries { get; } = new();

    public IEnumerable<string> Messages => Entries.Select(e => e.Message);

    // Called with each entry before it is kept.
    public Action<Recorded>? Hook { get; init; }

    public ILogger CreateLogger(string categoryName) => new Of(this, categoryName);

    public void SetScopeProvider(IExternalScopeProvider scopeProvider) => _scopes = scopeProvider;

    public void Dispose()
    {
    }

    private sealed class Of(Recorder recorder, string category) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => recorder._scopes.Push(state);

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            var scopes = new List<object>();
            recorder._scopes.ForEachScope(static (scope, list) => list.Add(scope!), scopes);
            var entry = new Recorded(category, logLevel, eventId, formatter(state, exception), state as IReadOnlyList<KeyValuePair<string, object?>> ?? [], exception, scopes);
            recorder.Hook?.Invoke(entry);
            recorder.Entries.Enqueue(entry);
        }
    }
}
