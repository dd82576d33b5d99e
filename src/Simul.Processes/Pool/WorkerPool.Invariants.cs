using System.Diagnostics;

namespace Simul.Processes.Pool;

// What must hold whenever the gate is free. Debug builds only.
internal sealed partial class WorkerPool
{
    [Conditional("DEBUG")]
    private void AssertInvariantsLocked()
    {
        long held = _queue.Count + _delayed.Count;
        foreach (var slot in _slots)
        {
            int running = 0;
            foreach (var job in slot.Jobs)
            {
                Debug.Assert(job.Slot == slot, "A job belongs to the worker in whose list it is.");
                Debug.Assert(job.State is JobState.Assigned or JobState.Sent or JobState.Running, "A worker's list holds only jobs it has to run.");
                Debug.Assert(job.IsAsynchronous == slot.Jobs[0].IsAsynchronous, "Synchronous and asynchronous items never share a worker.");
                Debug.Assert(_virtual is null || job.Has?.Member is not null, "In virtual time an item bound to a worker holds the clock.");
                if (job.State == JobState.Running && !job.IsAsynchronous) running++;
            }
            Debug.Assert(running <= 1, "A worker runs one synchronous item at a time.");
            Debug.Assert(slot.State != WorkerSlotState.Empty || slot.Jobs.Count == 0, "A job's assignment starts its worker.");
            held += slot.Jobs.Count;
        }
        Debug.Assert(BusyLocked() <= Options.Workers, "No more workers have items than may; the others are spare.");
        Debug.Assert(held == _open, "Every accepted job is in the queue, with one worker, or waits to be tried again.");
    }
}
