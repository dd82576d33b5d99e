using Microsoft.Extensions.Logging;
using Simul.Logging.Entries;
using Simul.Logging.Remote;

namespace Simul.Logging.Home;

// Logs what a WorkerLoggerProvider sends; the messages of others are handed on.
internal sealed class MessageReceiver(ILoggerFactory loggers, Action<WorkerMessage>? others)
{
    private readonly LoggerFailures _failures = new();

    public void Receive(WorkerMessage message)
    {
        if (message.Topic != MessageLine.Topic)
        {
            others?.Invoke(message);
            return;
        }
        try
        {
            var entry = EntryReader.Read(message.Body) with { Worker = message.Worker, ProcessId = message.ProcessId };
            entry.LogTo(loggers.CreateLogger(entry.Category ?? ""));
        }
        catch (Exception error)
        {
            _failures.Report($"an entry of worker {message.Worker}", error);
        }
    }
}
