using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// The end of a pool, in order:
// 1. no new work is taken;
// 2. what was accepted ends, or is ended, as the mode says;
// 3. the workers are asked to end, and let their own foreground threads end;
// 4. after the grace period they are killed.
internal sealed partial class WorkerPool
{
    private readonly TaskCompletionSource _drained = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _closing; // set once, under _gate
    private ShutdownMode _mode;     // owner: _gate; only rises
    private bool _stopping;         // owner: _gate; set once
    private Task? _closed;          // owner: _gate

    public Task ShutdownAsync(ShutdownMode mode, TimeSpan? timeLimit)
    {
        ShutdownRules.Check(mode, timeLimit);
        List<Job> ended = [];
        Task closed;
        RoomWaiters.Batch refused;
        lock (_gate)
        {
            _closing = true;
            if (mode > _mode) _mode = mode;
            if (mode >= ShutdownMode.CancelQueued) EndWaitingLocked(ended);
            if (mode >= ShutdownMode.CancelAll) StopRunningLocked();
            if (mode == ShutdownMode.Kill) KillAllLocked();
            refused = _room.TakeIf(true);
            closed = _closed ??= Task.Run(CloseCoreAsync);
        }
        refused.Refuse(EngineName);
        foreach (var job in ended)
        {
            job.Cancel();
            Settle(job, null);
        }
        Flush();
        if (timeLimit is { } limit && !closed.IsCompleted) _ = ShutdownRules.EnforceAsync(closed, limit, () => _ = ShutdownAsync(ShutdownMode.Kill, null));
        return closed;
    }

    // What no worker has begun. What lies in a worker's pipe is asked back.
    private void EndWaitingLocked(List<Job> ended)
    {
        ended.AddRange(_queue.TakeAll());
        ended.AddRange(_delayed);
        foreach (var slot in _slots)
        {
            foreach (var job in slot.Jobs)
            {
                if (job.State == JobState.Assigned) ended.Add(job);
                else if (job.State == JobState.Sent) StopLocked(job, StopReason.Cancelled);
            }
        }
        foreach (var job in ended) EndLocked(job);
    }

    private void StopRunningLocked()
    {
        foreach (var slot in _slots)
        {
            foreach (var job in slot.Jobs) StopLocked(job, StopReason.Cancelled);
        }
    }

    // One that is being started this moment is killed by the thread that starts it.
    private void KillAllLocked()
    {
        foreach (var slot in _slots) slot.Process?.Kill();
    }

    private async Task CloseCoreAsync()
    {
        CheckDrained();
        await _drained.Task.ConfigureAwait(false);
        Job[] onTheirWay;
        WorkerSlot[] living;
        lock (_gate)
        {
            onTheirWay = [.. _onTheirWay];
            _stopping = true;
            living = [.. _slots.Where(s => s.State != WorkerSlotState.Empty)];
            foreach (var slot in living)
            {
                if (slot.State is WorkerSlotState.Starting or WorkerSlotState.Ready) slot.State = WorkerSlotState.Stopping;
                WriteLocked(slot, 0, static (writer, _) =>
                {
                    writer.Begin(MessageKind.Stop);
                    writer.End();
                });
            }
        }
        Flush();
        foreach (var job in onTheirWay)
        {
            while (!job.IsDelivered) await Task.Yield();
        }
        var ended = Task.WhenAll(living.Select(s => s.Ended));
        try
        {
            // A worker that still starts needs its time to come up before it can read the request.
            await ended.WaitAsync(Options.Grace + TimeSpan.FromSeconds(1), TimeProvider.System).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            foreach (var slot in living) slot.Process?.Kill();
            await ended.ConfigureAwait(false);
        }
        await _rebalance.DisposeAsync().ConfigureAwait(false);
        await DisposeTimersOfLifeAsync().ConfigureAwait(false);
        await _trim.DisposeAsync().ConfigureAwait(false);
        Launcher.Dispose();
    }

    private void CheckDrained()
    {
        if (!_closing) return;
        lock (_gate)
        {
            if (_open == 0 && Volatile.Read(ref _delivered) == _ended) _drained.TrySetResult();
        }
    }
}
