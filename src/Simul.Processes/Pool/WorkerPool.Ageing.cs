namespace Simul.Processes.Pool;

// Workers that have become too old, or have taken too much memory. Such a worker is worn: it gets no items any more, and ends
// when it has none, as one does that has run as many as it may.
internal sealed partial class WorkerPool
{
    // So that the looks take less than a hundredth of the time; what an item can leak in it is a few megabytes.
    private static readonly TimeSpan s_lookEvery = TimeSpan.FromMilliseconds(5);

    private readonly ITimer? _age; // null: workers may become as old as they like

    private readonly bool _replaces; // workers that still could work

    private void BeginAgeLocked(WorkerSlot slot)
    {
        if (_age is null) return;
        slot.ReadySince = TimeProvider.System.GetTimestamp();
        ArmAgeLocked();
    }

    private void ArmAgeLocked()
    {
        var left = Timeout.InfiniteTimeSpan;
        foreach (var slot in _slots)
        {
            if (slot.State != WorkerSlotState.Ready || slot.IsWorn) continue;
            var mine = Options.MaxWorkerAge!.Value - TimeProvider.System.GetElapsedTime(slot.ReadySince);
            if (left < TimeSpan.Zero || mine < left) left = mine > TimeSpan.Zero ? mine : TimeSpan.Zero;
        }
        _age!.Change(left, Timeout.InfiniteTimeSpan);
    }

    private void OnAge()
    {
        lock (_gate)
        {
            if (_stopping) return;
            foreach (var slot in _slots)
            {
                if (slot.State == WorkerSlotState.Ready && TimeProvider.System.GetElapsedTime(slot.ReadySince) >= Options.MaxWorkerAge) slot.IsWorn = true;
            }
            DispatchLocked();
            ArmAgeLocked();
        }
        Flush();
    }

    // On the slot's thread and without the gate, when something has come from its worker and before it is worked on: so the next
    // item is not given to it, if what has come is the end of one.
    private void LookAtMemory(WorkerSlot slot)
    {
        if (Options.MaxWorkerMemory is not { } most || TimeProvider.System.GetElapsedTime(slot.LookedAt) < s_lookEvery) return;
        slot.LookedAt = TimeProvider.System.GetTimestamp();
        if (slot.Meter?.Read() is not { } used || used <= most) return;
        lock (_gate)
        {
            // Not before its first item, or where the limit is too low nothing would ever run.
            if (slot.State != WorkerSlotState.Ready || slot.TotalItems == 0 || slot.IsWorn) return;
            slot.IsWorn = true;
            DispatchLocked();
        }
    }
}
