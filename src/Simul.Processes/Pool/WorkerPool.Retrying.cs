namespace Simul.Processes.Pool;

// Items that failed and have a retry policy. Under the gate such an item leaves its worker as Delayed; the policy, which is the
// submitter's code, is asked without the gate; meanwhile and during its delay the item can be given up like any other.
//
// In virtual time its member holds the clock until the delay's timer does, or the next attempt.
internal sealed partial class WorkerPool
{
    private static bool MayRetry(Job job) => job.Retry is not null && job.Stop != StopReason.Cancelled;

    private void DelayLocked(Job job)
    {
        _running--;
        job.Slot?.Jobs.Remove(job);
        job.Slot = null;
        job.State = JobState.Delayed;
        job.Stop = StopReason.None;
        job.Has?.StopTimers();
        _delayed.Add(job);
    }

    private void RetryOrFail(Job job, WorkerSlot slot, Exception error)
    {
        var delay = job.Retry!.Next(job.Name, job.Attempt, ref job.Extras.Losses, ref error);
        ClockMember? held = null;
        bool cancelled = false;
        lock (_gate)
        {
            if (job.State != JobState.Delayed) return; // given up meanwhile, and settled by that
            // A cancellation that came while the time-out's own was under way has been heard by nobody else.
            cancelled = delay is not null && (_mode >= ShutdownMode.CancelQueued || job.Token.IsCancellationRequested);
            if (delay is null || cancelled)
            {
                EndLocked(job);
                delay = null;
            }
            else
            {
                _totalRetries++;
                if (delay == TimeSpan.Zero) held = RequeueDelayedLocked(job);
            }
        }
        if (delay is null)
        {
            if (cancelled) job.Cancel();
            else job.Fail(error);
            Settle(job, slot);
            return;
        }
        _observer?.Ended(Event(job, slot), WorkEnd.Failed);
        if (delay > TimeSpan.Zero) held = StartDelay(job, delay.Value);
        held?.Dispose();
    }

    // Not under the gate: a clock may call back at once. Returns who held it so far.
    private ClockMember? StartDelay(Job job, TimeSpan delay)
    {
        var timer = Options.Clock.CreateTimer(static state => ((Job)state!).Pool.OnDelayOver((Job)state), job, delay, Timeout.InfiniteTimeSpan);
        ClockMember? held = null;
        lock (_gate)
        {
            if (job.State == JobState.Delayed)
            {
                job.Extras.RetryTimer = timer;
                timer = null;
                held = TakeMember(job);
            }
        }
        timer?.Dispose();
        return held;
    }

    private void OnDelayOver(Job job)
    {
        ClockMember? held = null;
        lock (_gate)
        {
            if (job.State == JobState.Delayed)
            {
                job.Extras.StopTimers();
                held = RequeueDelayedLocked(job);
            }
        }
        held?.Dispose();
        Flush();
    }

    // At the end of its priority: others have waited longer. Who waits in the queue holds no clock.
    private ClockMember? RequeueDelayedLocked(Job job)
    {
        _delayed.Remove(job);
        job.State = JobState.Queued;
        _queue.AddLast(job, job.Priority);
        DispatchLocked();
        if (job.State != JobState.Queued) return null;
        return TakeMember(job);
    }

    private static ClockMember? TakeMember(Job job)
    {
        var member = job.Has?.Member;
        job.Has?.Member = null;
        return member;
    }
}
