using Microsoft.Extensions.Logging;

namespace Simul.Logging.Entries;

// An entry that has come home. Scopes: the outermost first.
internal sealed record LogEntry(string? Category, string Worker, int ProcessId, LogLevel Level, EventId EventId, LogState State, Exception? Exception, IReadOnlyList<object> Scopes)
{
    // Within its scopes.
    public void LogTo(ILogger home)
    {
        // The level may have been disabled since, and a factory's rules are known here only.
        if (!home.IsEnabled(Level)) return;
        var begun = new Stack<IDisposable>();
        try
        {
            Begin(new LogState($"worker {Worker}, process {ProcessId}", [new("Worker", Worker), new("ProcessId", ProcessId)]));
            foreach (object scope in Scopes) Begin(scope);
            home.Log(Level, EventId, State, Exception, static (state, _) => state.ToString());
        }
        finally
        {
            while (begun.TryPop(out var scope)) scope.Dispose();
        }

        void Begin(object state)
        {
            if (home.BeginScope(state) is { } scope) begun.Push(scope);
        }
    }
}
