using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// The memory of large payloads is kept while they come and go, and given back when none has for a while.
internal sealed partial class WorkerPool
{
    private static readonly TimeSpan s_keepWarm = TimeSpan.FromSeconds(2);

    private readonly ITimer _trim;

    private void KeepWarmLocked() => _trim.Change(s_keepWarm, Timeout.InfiniteTimeSpan);

    private void Trim()
    {
        if (OperatingSystem.IsLinux()) Arguments?.Trim();
        lock (_gate)
        {
            foreach (var slot in _slots)
            {
                // A worker with items gives back before the next ones come to rest.
                if (slot.State != WorkerSlotState.Ready || slot.Results is null) continue;
                WriteLocked(slot, 0, static (writer, _) =>
                {
                    writer.Begin(MessageKind.Trim);
                    writer.End();
                });
            }
        }
        Flush();
    }
}
