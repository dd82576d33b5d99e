namespace Simul.Processes.Tests.Web;

// The test's end of an item that the application holds in a worker (/hold): it says that it has begun, and waits to be let go.
internal sealed class Hold : IDisposable
{
    // Longer than any start of a worker on a busy machine.
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(20);

    private readonly ProcessEvent _begun, _go, _cancelled;

    public Hold()
    {
        string name = $"simul-web-{Environment.ProcessId}-{Guid.NewGuid():N}";
        Path = $"/hold/{name}";
        _begun = ProcessEvent.Open(name + "-begun");
        _go = ProcessEvent.Open(name + "-go");
        _cancelled = ProcessEvent.Open(name + "-cancelled");
    }

    public string Path { get; }

    public bool HasBegun => _begun.IsSet;

    public async Task BegunAsync() => await _begun.WaitAsync(s_patience);

    public async Task CancelledAsync() => await _cancelled.WaitAsync(s_patience);

    public void LetGo() => _go.Set();

    // A test that failed must not hold up those behind it.
    public void Dispose()
    {
        LetGo();
        _begun.Dispose();
        _go.Dispose();
        _cancelled.Dispose();
    }
}
