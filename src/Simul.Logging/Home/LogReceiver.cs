using Simul.Logging.Entries;

namespace Simul.Logging.Home;

// A logger, or a factory, that has been sent to a worker: logs the entries that come home.
//
// They are logged in the submitter's execution context, as if the item had run there: so they stand in the submitter's scopes and
// in its trace.
internal sealed class LogReceiver(Func<string?, Microsoft.Extensions.Logging.ILogger> home) : IProgress<byte[]>
{
    private readonly LoggerFailures _failures = new();
    private readonly ExecutionContext? _flow = ExecutionContext.Capture();

    public void Report(byte[] value)
    {
        if (_flow is null) Log(value);
        else ExecutionContext.Run(_flow, entry => Log((byte[])entry!), value);
    }

    // What a logger throws is its own affair; the item goes on, and so do the entries behind.
    private void Log(byte[] bytes)
    {
        try
        {
            var entry = EntryReader.Read(bytes);
            entry.LogTo(home(entry.Category));
        }
        catch (Exception error)
        {
            _failures.Report("an entry of a worker process", error);
        }
    }
}
