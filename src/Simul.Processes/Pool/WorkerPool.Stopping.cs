using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// How items are given up (P4): first the item's token, after the grace period the worker.
//
// A synchronous item has its worker to itself, so the kill hits nobody else. Asynchronous items share one: there the deaf item
// is settled, the worker takes no more and is killed when the others have ended. Whether they can still end is asked with a
// ping to the thread they all run on; no answer within another grace period, five seconds at least, means that it is blocked,
// and then it is killed at once. (Five, because innocent items die of a wrong answer, and a loaded machine is slow to give one.)
internal sealed partial class WorkerPool
{
    private static readonly TimeSpan s_leastAnswerTime = TimeSpan.FromSeconds(5);

    public void Cancel(Job job)
    {
        bool ended = false;
        lock (_gate)
        {
            switch (job.State)
            {
                case JobState.New or JobState.Queued or JobState.Assigned or JobState.Delayed:
                    EndLocked(job);
                    ended = true;
                    DispatchLocked();
                    break;
                case JobState.Sent or JobState.Running:
                    StopLocked(job, StopReason.Cancelled);
                    break;
            }
        }
        if (ended)
        {
            job.Cancel();
            Settle(job, null);
        }
        Flush();
    }

    private static TimeoutException TimeLimitOver(Job job) =>
        new($"'{job.Name}' did not end within its time limit of {job.TimeLimit}.");

    private void StopLocked(Job job, StopReason reason)
    {
        if (job.Stop != StopReason.None) return;
        job.Stop = reason;
        WriteLocked(job.Slot!, job.Id, static (writer, id) =>
        {
            writer.Begin(MessageKind.Cancel);
            writer.Write(id);
            writer.End();
        });
        if (job.State != JobState.Running) return;
        // What it does because of the cancellation is work. If it sleeps on, the worker says so again.
        job.Has?.Member?.Busy();
        ArmGraceLocked(job);
    }

    private void ArmGraceLocked(Job job) =>
        job.Extras.GraceTimer ??= TimeProvider.System.CreateTimer(static state => ((AttemptOf)state!).Job.Pool.OnGraceOver((AttemptOf)state), new AttemptOf(job, job.Attempt), Options.Grace, Timeout.InfiniteTimeSpan);

    // Not under the gate: a virtual clock's timer may call back at once.
    private void StartTimeLimit(Job job, TimeSpan limit)
    {
        int attempt = job.Attempt;
        var timer = Options.Clock.CreateTimer(static state => ((AttemptOf)state!).Job.Pool.OnTimeLimit((AttemptOf)state), new AttemptOf(job, attempt), limit, Timeout.InfiniteTimeSpan);
        bool runs;
        lock (_gate)
        {
            runs = job.State == JobState.Running && job.Attempt == attempt;
            if (runs) job.Extras.TimeLimitTimer = timer;
        }
        if (!runs) timer.Dispose();
    }

    private void OnTimeLimit(AttemptOf run)
    {
        lock (_gate)
        {
            if (run.Job.State == JobState.Running && run.Job.Attempt == run.Attempt) StopLocked(run.Job, StopReason.TimedOut);
        }
        Flush();
    }

    private void OnGraceOver(AttemptOf run)
    {
        var job = run.Job;
        WorkerSlot slot;
        bool retry;
        lock (_gate)
        {
            if (job.State != JobState.Running || job.Attempt != run.Attempt) return;
            slot = job.Slot!;
            if (slot.Jobs.Count == 1 || !job.IsAsynchronous)
            {
                slot.Process!.Kill();
                return;
            }
            retry = MayRetry(job);
            if (retry)
            {
                DelayLocked(job);
            }
            else
            {
                // It may still look at its argument.
                EndLocked(job, keepInput: true);
                slot.Abandoned.Add(job);
            }
            if (slot.State == WorkerSlotState.Ready) slot.State = WorkerSlotState.Retiring;
            slot.KillNote = $"another item on the same worker, '{job.Name}', did not answer its cancellation and blocked the thread they share";
            WriteLocked(slot, 0, static (writer, _) =>
            {
                writer.Begin(MessageKind.Ping);
                writer.End();
            });
            slot.PingTimer?.Dispose();
            slot.PingTimer = TimeProvider.System.CreateTimer(static state => ((WorkerSlot)state!).Process!.Kill(), slot,
                Options.Grace > s_leastAnswerTime ? Options.Grace : s_leastAnswerTime, Timeout.InfiniteTimeSpan);
        }
        if (retry)
        {
            RetryOrFail(job, slot, TimeLimitOver(job));
        }
        else
        {
            if (job.Stop == StopReason.TimedOut) job.Fail(TimeLimitOver(job));
            else job.Cancel();
            Settle(job, slot);
        }
        Flush();
    }

    // What a timer was set for: the next attempt of the same job is none of its business.
    private sealed record AttemptOf(Job Job, int Attempt);

    // A worker that was to end after its last item has done it.
    private static void EndRetiredLocked(WorkerSlot slot)
    {
        if (slot.State == WorkerSlotState.Retiring && slot.Jobs.Count == 0) slot.Process!.Kill();
    }

    private void OnPong(WorkerSlot slot)
    {
        lock (_gate)
        {
            slot.PingTimer?.Dispose();
            slot.KillNote = null;
        }
    }
}
