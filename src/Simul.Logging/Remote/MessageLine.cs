using Microsoft.Extensions.Logging;

namespace Simul.Logging.Remote;

// The way home of what belongs to the process. The worker's name is known where the message arrives.
internal sealed class MessageLine : LogLine
{
    public const string Topic = "Simul.Logging";

    public override string Worker => "";

    public override bool IsEnabled(LogLevel level) => level is >= LogLevel.Trace and <= LogLevel.Critical && WorkerMessage.AreHeard;

    public override void Send(byte[] entry) => WorkerMessage.Send(Topic, entry);
}
