using System.Diagnostics;
using Simul.Processes.Launch;
using Simul.Processes.Methods;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// One worker process as its pool sees it.
[DebuggerDisplay("{Name} {State}, {Jobs.Count} jobs")]
internal sealed class WorkerSlot(WorkerPool pool, int index, string name)
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public int Index => index;

    public string Name => name;

    public Outbox Outbox { get; } = new();

    // Ends when the process has gone and its jobs were settled.
    public Task Ended => _ended.Task;

    // Owner of all that follows: the pool's gate.
    public WorkerSlotState State { get; set; }

    // In the order in which they were assigned; the front ones run.
    public List<Job> Jobs { get; } = [];

    public Dictionary<MethodReference, int> Defined { get; } = [];

    public WorkerProcess? Process { get; set; }

    // Where its large results lie.
    public Arena? Results { get; set; }

    // Settled, because they did not answer their cancellation, and still running.
    public List<Job> Abandoned { get; } = [];

    // What Environment.Exit said, before the process ended by it.
    public int? AnnouncedExit { get; set; }

    // Why we killed it, if that was not for the item it ran.
    public string? KillNote { get; set; }

    // Why it was killed, if that was for its memory.
    public string? LimitNote { get; set; }

    // Gets no more items; a fresh one replaces it when it has none.
    public bool IsWorn { get; set; }

    // For its age.
    public long ReadySince { get; set; }

    // Of its memory; null where nobody looks, and before the process is there.
    public MemoryMeter? Meter { get; set; }

    // When its memory was looked at. Owner: the thread that receives.
    public long LookedAt { get; set; }

    // When the item that runs was taken; for synchronous items.
    public long RunningSince { get; set; }

    // How many items it was given.
    public int TotalItems { get; set; }

    // Since when it has been ready and had nothing to do; null while it has.
    public long? IdleSince { get; set; }

    // Kills the worker unless it answers, or ends.
    public ITimer? PingTimer { get; set; }

    // For batches; null before the first.
    public BatchMemory? Memory { get; set; }

    public int MemoryDescriptor { get; set; }

    public bool Dirty { get; set; } // in the pool's list of outboxes to flush

    // Items that ended in the messages just read, and their results. Owner: the thread that receives.
    public List<(Job Job, ReadOnlyMemory<byte> Result)> JustEnded { get; } = [];

    // Mean run time of its last items, in ticks of 100 ns; negative before the first.
    public double MeanTicks { get; private set; } = -1;

    public Job? Find(long id)
    {
        foreach (var job in Jobs)
        {
            if (job.Id == id) return job;
        }
        return null;
    }

    public void Observe(long ticks) => MeanTicks = MeanTicks < 0 ? ticks : MeanTicks + (ticks - MeanTicks) / 8;

    public void Start() => new Receiver(pool, this).Start();

    public void SetEnded() => _ended.TrySetResult();
}
