using Microsoft.Extensions.Logging;
using Simul.Logging.Entries;

namespace Simul.Logging.Remote;

// The way home of a logger that was sent: the progress of its item, or of the worker's initializer. None where no level is
// enabled.
internal sealed class ProgressLine(IProgress<byte[]>? progress, LevelSet levels) : LogLine
{
    public override string Worker { get; } = WorkContext.Current?.Worker ?? "";

    public override bool IsEnabled(LogLevel level) => progress is not null && levels.Has(level);

    public override void Send(byte[] entry) => progress?.Report(entry);
}
