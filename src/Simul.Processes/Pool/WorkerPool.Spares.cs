namespace Simul.Processes.Pool;

// Workers beyond those that have work, so that the first item, and whoever loses its worker, finds one that is warm. A spare is a
// worker like any other: there are as many slots more, and what makes it spare is that no more than Options.Workers of them have
// items at one time. So nothing moves from one role to the other; which ones are spare is only a matter of counting.
//
// A worker that was asked to end or was killed keeps its slot until its process has gone, but counts as busy only as long as it
// has items: meanwhile a spare stands in, and there are never more processes than slots.
internal sealed partial class WorkerPool
{
    private int MostProcesses => (int)Math.Min((long)Options.Workers + Options.SpareWorkers, Array.MaxLength);

    // No worker without items may get any. Without spares there is none such.
    private bool IsFullLocked() => Options.SpareWorkers > 0 && BusyLocked() >= Options.Workers;

    private int BusyLocked()
    {
        int busy = 0;
        foreach (var slot in _slots)
        {
            if (slot.Jobs.Count > 0) busy++;
        }
        return busy;
    }

    // How many living workers there are more than have to be; below zero, how many are missing.
    private int SurplusLocked()
    {
        int living = 0, idle = 0;
        foreach (var slot in _slots)
        {
            if (slot.State is not (WorkerSlotState.Starting or WorkerSlotState.Ready)) continue;
            living++;
            if (slot.Jobs.Count == 0) idle++;
        }
        return Math.Min(living - Math.Min(Options.MinWorkers, Options.Workers), idle - Options.SpareWorkers);
    }
}
