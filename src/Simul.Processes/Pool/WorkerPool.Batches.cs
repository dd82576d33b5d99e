using System.Runtime.Versioning;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// Batches: jobs of many short items. A worker shares memory for them, made when the first map needs it.
internal sealed partial class WorkerPool
{
    private bool _batches; // owner: _gate; set once

    // Where each item is seen by somebody, or a clock runs that each would have to hold, there are none.
    public bool CanBatch => OperatingSystem.IsLinux() && Options.Transport != WorkerTransport.Sockets && !Options.PortableLaunch
        && _virtual is null && _observer is null && !LoopActivities.Source.HasListeners();

    // Gives every worker its memory, and every later one. Throws where memory cannot be had; nothing has changed then.
    [SupportedOSPlatform("linux")]
    public void EnableBatches()
    {
        while (true)
        {
            WorkerSlot? slot;
            lock (_gate)
            {
                if (_batches) return;
                slot = Array.Find(_slots, static s => s is { Process: not null, Memory: null });
                if (slot is null)
                {
                    _batches = true;
                    return;
                }
            }
            var memory = BatchMemory.Create(out int descriptor);
            bool used;
            lock (_gate)
            {
                used = slot is { State: not WorkerSlotState.Gone, Memory: null };
                if (used)
                {
                    (slot.Memory, slot.MemoryDescriptor) = (memory, descriptor);
                    WriteLocked(slot, descriptor, WriteMemory);
                }
            }
            if (!used) DropMemory(memory, descriptor);
        }
    }

    private static void WriteMemory(FrameWriter writer, int descriptor)
    {
        writer.Begin(MessageKind.BatchMemory);
        writer.Write(descriptor);
        writer.End();
    }

    [SupportedOSPlatform("linux")]
    private static void DropMemory(BatchMemory memory, int descriptor)
    {
        memory.Dispose();
        Interop.Linux.Libc.Close(descriptor);
    }

    // One that runs, and one behind it.
    private static bool HasRoomForBatchLocked(WorkerSlot slot)
    {
        if (slot.Memory is null) return false;
        int batches = 0;
        foreach (var job in slot.Jobs)
        {
            if (job is BatchJob) batches++;
        }
        return batches < BatchMemory.Places;
    }

    [SupportedOSPlatform("linux")]
    private static void PlaceInMemoryLocked(BatchJob batch, WorkerSlot slot)
    {
        batch.Place = 0;
        foreach (var job in slot.Jobs)
        {
            if (job is BatchJob { Place: 0, State: JobState.Sent or JobState.Running } other && other != batch) batch.Place = 1;
        }
        slot.Memory!.Reset(batch.Place);
    }
}
