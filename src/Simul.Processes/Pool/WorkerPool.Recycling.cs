using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// Workers that are there before there is work for them, up to the least number; and workers that end while their pool goes on:
// those that have run as many items as they may or are worn (Ageing), and those that have had nothing to do for too long. Either
// has no items: under the gate it becomes Stopping, so that it gets none any more, and is asked to end; none can be lost on the
// way. One that does not end (a foreground thread that a method left) is killed after the grace period.
internal sealed partial class WorkerPool
{
    private readonly ITimer? _idle; // null: workers may idle for ever

    private bool IsSpent(WorkerSlot slot) => slot.IsWorn || slot.TotalItems >= Options.MaxItemsPerWorker;

    // Called without the gate, once.
    public void StartMinimum()
    {
        lock (_gate) KeepMinimumLocked();
        Flush();
    }

    // Those that cannot be started, or die before they are given anything, are not started for ever; the next item tries again. Where the initializer fails nothing will
    // ever run, so nothing is started either.
    private void KeepMinimumLocked()
    {
        if (_closing || _failedStarts >= MostFailedStarts || _idleDeaths >= MostFailedStarts || _initializerError is not null) return;
        int missing = -SurplusLocked();
        foreach (var slot in _slots)
        {
            if (missing <= 0) return;
            if (slot.State != WorkerSlotState.Empty) continue;
            StartLocked(slot);
            missing--;
        }
    }

    private static int ItemsIn(Job job) => job is BatchJob batch && OperatingSystem.IsLinux() ? batch.Count : 1;

    // Before work is given out.
    private void RecycleLocked()
    {
        if (!_replaces) return;
        foreach (var slot in _slots)
        {
            if (slot.State == WorkerSlotState.Ready && slot.Jobs.Count == 0 && IsSpent(slot)) EndWorkerLocked(slot);
        }
    }

    // After work was given out.
    private void WatchIdleLocked()
    {
        if (_idle is null) return;
        bool any = false;
        foreach (var slot in _slots)
        {
            bool idle = slot.State == WorkerSlotState.Ready && slot.Jobs.Count == 0;
            if (!idle) slot.IdleSince = null;
            else slot.IdleSince ??= TimeProvider.System.GetTimestamp();
            any |= idle;
        }
        if (any) ArmIdleLocked();
    }

    private void OnIdle()
    {
        lock (_gate)
        {
            int surplus = SurplusLocked();
            // From behind: the first ones are given work first.
            for (int i = _slots.Length - 1; i >= 0 && surplus > 0; i--)
            {
                if (_slots[i].IdleSince is not { } since || TimeProvider.System.GetElapsedTime(since) < Options.IdleTimeout) continue;
                EndWorkerLocked(_slots[i]);
                surplus--;
            }
            ArmIdleLocked();
        }
        Flush();
    }

    private void ArmIdleLocked()
    {
        var left = Timeout.InfiniteTimeSpan;
        if (SurplusLocked() <= 0) return; // all stay; the next one that starts is looked at when it has worked
        foreach (var slot in _slots)
        {
            if (slot.IdleSince is not { } since) continue;
            var mine = Options.IdleTimeout!.Value - TimeProvider.System.GetElapsedTime(since);
            if (left < TimeSpan.Zero || mine < left) left = mine > TimeSpan.Zero ? mine : TimeSpan.Zero;
        }
        _idle!.Change(left, Timeout.InfiniteTimeSpan);
    }

    private void EndWorkerLocked(WorkerSlot slot)
    {
        slot.State = WorkerSlotState.Stopping;
        slot.IdleSince = null;
        WriteLocked(slot, 0, static (writer, _) =>
        {
            writer.Begin(MessageKind.Stop);
            writer.End();
        });
        slot.PingTimer?.Dispose();
        slot.PingTimer = TimeProvider.System.CreateTimer(static state => ((WorkerSlot)state!).Process!.Kill(), slot, Options.Grace, Timeout.InfiniteTimeSpan);
    }
}
