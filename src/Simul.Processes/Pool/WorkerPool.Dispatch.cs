using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// Which worker takes which job. Higher priorities first, and strictly first in, first out within one: a head that finds no room
// waits, and everything behind it.
//
// 1. An idle worker that is ready, lowest number first: it stays warm, and the others may rest.
// 2. A worker that is not started yet: it is started.
// 3. Short synchronous items go into the pipe behind others, so that a worker finds the next one without a round trip. How
//    many depends on how long its last items ran: what is worth about two milliseconds. Asynchronous ones go to the worker
//    with the fewest.
//
// A short item that has ended up behind a long one is called back when another worker has nothing to do for a millisecond.
internal sealed partial class WorkerPool
{
    private const int DeepestPipe = 64;
    private const double PipeTicks = 2 * TimeSpan.TicksPerMillisecond;
    private static readonly TimeSpan s_recallAfter = TimeSpan.FromMilliseconds(1);

    private readonly ITimer _rebalance;
    private bool _rebalanceArmed; // owner: _gate

    private void DispatchLocked()
    {
        RecycleLocked();
        while (_queue.First is { } first && PickLocked(first) is { } slot)
        {
            _queue.Remove(first);
            AssignLocked(first, slot);
        }
        if (_queue.First is null) BalanceLocked();
        if (Options.SpareWorkers > 0) KeepMinimumLocked(); // one of them may have work now
        WatchIdleLocked();
        WatchMemoryLocked();
        AssertInvariantsLocked();
    }

    private WorkerSlot? PickLocked(Job job)
    {
        WorkerSlot? starting = null, empty = null, shared = null;
        bool full = IsFullLocked();
        foreach (var slot in _slots)
        {
            if (full && slot.Jobs.Count == 0) continue;
            switch (slot.State)
            {
                case WorkerSlotState.Ready when slot.Jobs.Count == 0 && (job is not BatchJob || slot.Memory is not null):
                    return slot;
                case WorkerSlotState.Starting when slot.Jobs.Count == 0:
                    starting ??= slot;
                    break;
                case WorkerSlotState.Empty:
                    empty ??= slot;
                    break;
                case WorkerSlotState.Ready when HasRoomLocked(slot, job) && (shared is null || slot.Jobs.Count < shared.Jobs.Count):
                    shared = slot;
                    break;
            }
        }
        // An asynchronous item can begin at once beside others; the fresh worker takes later ones.
        if (job.IsAsynchronous && shared is not null)
        {
            if (starting is null && empty is not null) StartLocked(empty);
            return shared;
        }
        return starting ?? empty ?? shared;
    }

    private bool HasRoomLocked(WorkerSlot slot, Job job)
    {
        if (slot.Jobs.Count == 0 || IsSpent(slot)) return false; // ready, and without what a batch needs; or soon replaced
        var front = slot.Jobs[0];
        if (front.IsAsynchronous != job.IsAsynchronous) return false;
        if (job.IsAsynchronous) return slot.Jobs.Count < Options.AsyncItemsPerWorker;
        if (job is BatchJob) return HasRoomForBatchLocked(slot) && front.Stop == StopReason.None;
        // In virtual time an item that waits in a pipe would have to hold the clock, and so the item it waits for.
        if (_virtual is not null || slot.MeanTicks < 0 || front.Stop != StopReason.None) return false;
        return slot.Jobs.Count < 1 + Math.Min(DeepestPipe - 1, PipeTicks / (slot.MeanTicks + 1))
            && (front.State != JobState.Running || TimeProvider.System.GetElapsedTime(slot.RunningSince).Ticks < PipeTicks);
    }

    private void AssignLocked(Job job, WorkerSlot slot)
    {
        job.Slot = slot;
        slot.Jobs.Add(job);
        slot.TotalItems += ItemsIn(job);
        // From here on the item is sure to begin without anybody's time passing, so it holds the clock.
        if (_virtual is not null) job.Extras.Member ??= _virtual.Join(job.Name, () => Wake(job));
        if (slot.State == WorkerSlotState.Ready)
        {
            SendLocked(job, slot);
            return;
        }
        job.State = JobState.Assigned;
        if (slot.State == WorkerSlotState.Empty) StartLocked(slot);
    }

    private void StartLocked(WorkerSlot slot)
    {
        slot.State = WorkerSlotState.Starting;
        _totalStarted++;
        _toStart.Add(slot);
    }

    private void SendLocked(Job job, WorkerSlot slot)
    {
        if (!slot.Defined.TryGetValue(job.Method, out int number))
        {
            number = slot.Defined.Count;
            slot.Defined.Add(job.Method, number);
            WriteLocked(slot, (job.Method, number), static (writer, state) => state.Method.Write(writer, state.number));
        }
        if (job is BatchJob batch && OperatingSystem.IsLinux()) PlaceInMemoryLocked(batch, slot);
        job.State = JobState.Sent;
        WriteLocked(slot, (job, number, now: _virtual?.GetTimestamp() ?? 0), static (writer, state) =>
        {
            ItemFrame.Begin(writer, state.job.Id, state.number, state.now);
            RunExtras.Write(writer, state.job);
            ItemFrame.End(writer, state.job.Closure, state.job.Argument);
        });
    }

    // Back to the queue, at its front: it was first once. Jobs come back last one first.
    private void RequeueLocked(Job job)
    {
        if (job.Slot is { } slot)
        {
            slot.TotalItems -= ItemsIn(job);
            slot.Jobs.Remove(job);
            job.Slot = null;
        }
        job.State = JobState.Queued;
        _queue.AddFirst(job, job.Priority);
    }

    // An idle worker and an empty queue: does somebody else hold what it could do?
    private void BalanceLocked()
    {
        var idle = IdleLocked();
        if (idle is null) return;
        foreach (var slot in _slots)
        {
            if (slot.State == WorkerSlotState.Starting && slot.Jobs.Count > 0 && (slot.Jobs[0] is not BatchJob || idle.Memory is not null))
            {
                var job = slot.Jobs[0];
                slot.Jobs.RemoveAt(0);
                slot.TotalItems -= ItemsIn(job);
                AssignLocked(job, idle);
                idle = IdleLocked();
                if (idle is null) return;
            }
            else if (!_rebalanceArmed && slot.Jobs.Count > 1 && slot.Jobs[^1].State == JobState.Sent && !IsFullLocked())
            {
                _rebalanceArmed = true;
                _rebalance.Change(s_recallAfter, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Recall()
    {
        lock (_gate)
        {
            _rebalanceArmed = false;
            if (_queue.First is not null || IdleLocked() is null || IsFullLocked()) return;
            foreach (var slot in _slots)
            {
                if (slot.State != WorkerSlotState.Gone && slot.Jobs.Count > 1 && slot.Jobs[^1].State == JobState.Sent)
                {
                    WriteLocked(slot, 0, static (writer, _) =>
                    {
                        writer.Begin(MessageKind.Recall);
                        writer.End();
                    });
                }
            }
        }
        Flush();
    }

    private WorkerSlot? IdleLocked()
    {
        foreach (var slot in _slots)
        {
            if (slot.State == WorkerSlotState.Ready && slot.Jobs.Count == 0) return slot;
        }
        return null;
    }
}
