using Simul.Processes.Launch;
using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// What the workers say, and their beginning and end. Each worker's messages come on its own thread, in order.
internal sealed partial class WorkerPool
{
    private const int MostFailedStarts = 3;
    private int _failedStarts; // owner: _gate; in a row

    public void OnStarted(WorkerSlot slot, WorkerProcess process, Channel channel)
    {
        lock (_gate)
        {
            slot.Process = process;
            slot.Results = channel.Results;
        }
        var hello = new FrameWriter();
        Greeting.Write(hello, slot.Name, Options.Clock);
        try
        {
            hello.SendTo(channel);
        }
        catch (IOException)
        {
            return; // it has gone already; its thread finds out
        }
        // From here on others may send, too; the greeting had to be first.
        slot.Outbox.Connect(channel);
        slot.Outbox.Flush();
    }

    public void OnMessage(WorkerSlot slot, MessageKind kind, FrameBody body)
    {
        switch (kind)
        {
            case MessageKind.Ready:
                OnReady(slot);
                break;
            case MessageKind.Taken:
                OnTaken(slot, body.ReadInt64());
                break;
            case MessageKind.Done or MessageKind.Failed:
                OnDone(slot, kind, body);
                break;
            case MessageKind.Dropped:
                OnDropped(slot, body.ReadInt64());
                break;
            case MessageKind.Sleep or MessageKind.SleepEnd:
                OnSleep(slot, kind, body);
                break;
            case MessageKind.Exiting:
                slot.AnnouncedExit = body.ReadInt32();
                break;
            case MessageKind.Pong:
                OnPong(slot);
                break;
            case MessageKind.OtherBuild:
                throw BuildIdentity.Read(ref body).Refused();
        }
    }

    public void OnEnded(WorkerSlot slot, WorkerExit exit, Exception? failure)
    {
        var lost = new List<Job>();
        Exception? cannotStart = null;
        lock (_gate)
        {
            if (slot.State == WorkerSlotState.Starting)
            {
                if (++_failedStarts >= MostFailedStarts || failure is WorkerStartException) cannotStart = StartFailure(slot, exit, failure);
            }
            slot.State = WorkerSlotState.Gone;
            slot.PingTimer?.Dispose();
            if (failure is not null) slot.KillNote = $"an error in the executor itself: {failure.Message}";
            _slots[slot.Index] = NewSlot(slot.Index);
            for (int i = slot.Jobs.Count - 1; i >= 0; i--)
            {
                var job = slot.Jobs[i];
                if (job.State == JobState.Running || job.Stop != StopReason.None || cannotStart is not null) lost.Add(job);
                else RequeueLocked(job);
            }
            if (cannotStart is not null) lost.AddRange(_queue);
            foreach (var job in lost) EndLocked(job);
            foreach (var job in slot.Abandoned) job.DropInput();
            if (!_stopping) DispatchLocked();
        }
        foreach (var job in lost)
        {
            if (job.Stop == StopReason.Cancelled) job.Cancel();
            else if (job.Stop == StopReason.TimedOut) job.Fail(TimeLimitOver(job));
            else if (cannotStart is not null) job.Fail(StartFailure(slot, exit, failure)); // each its own, for its own stack trace
            else job.Fail(CrashCause.Describe(job, slot, exit));
            Settle(job, slot);
        }
        Flush();
    }

    private static WorkerStartException StartFailure(WorkerSlot slot, WorkerExit exit, Exception? failure) => failure is not null
        ? new WorkerStartException($"Worker {slot.Name} could not be started: {failure.Message}", failure)
        : new WorkerStartException(
            $"Worker processes end before they can take work: {MostFailedStarts} in a row, the last {(exit.SignalName is { } signal ? $"by {signal}" : $"with exit code {exit.Code}")}. " +
            $"Standard error: {slot.Process?.ErrorTail}");

    private void OnReady(WorkerSlot slot)
    {
        lock (_gate)
        {
            _failedStarts = 0;
            if (slot.State != WorkerSlotState.Starting) return;
            slot.State = WorkerSlotState.Ready;
            foreach (var job in slot.Jobs) SendLocked(job, slot);
            DispatchLocked();
        }
    }

    private void OnTaken(WorkerSlot slot, long id)
    {
        Job? job;
        lock (_gate)
        {
            job = slot.Find(id);
            if (job is null) return;
            job.State = JobState.Running;
            job.HasRun = true;
            _running++;
            job.DropSent();
            if (!job.IsAsynchronous) slot.RunningSince = TimeProvider.System.GetTimestamp();
            // Cancelled while it was on its way.
            if (job.Stop != StopReason.None) ArmGraceLocked(job);
        }
        if (job.TimeLimit is { } limit) StartTimeLimit(job, limit);
        _observer?.Started(Event(job, slot));
    }

    private void OnDone(WorkerSlot slot, MessageKind kind, FrameBody body)
    {
        long id = body.ReadInt64();
        long ticks = body.ReadInt64();
        var block = kind == MessageKind.Done ? body.ReadPlace(slot.Results) : default;
        Job? job;
        lock (_gate)
        {
            job = slot.Find(id);
            if (job is null) // settled before, as one that did not answer its cancellation
            {
                block.Release();
                return;
            }
            EndLocked(job);
            if (!block.IsNone) KeepWarmLocked();
            if (!job.IsAsynchronous) slot.Observe(ticks);
            EndRetiredLocked(slot);
            DispatchLocked(); // before the clock is let go: the next item takes it over
        }
        if (job.Stop == StopReason.TimedOut) job.Fail(TimeLimitOver(job));
        else if (kind == MessageKind.Done && block.IsNone) job.Decode(body.Rest);
        else if (kind == MessageKind.Done) job.Decode(block);
        else
        {
            var error = ExceptionPayload.Read(ref body);
            // An OperationCanceledException of an item nobody cancelled is a failure like any other.
            if (error is OperationCanceledException && job.Stop == StopReason.Cancelled) job.Cancel();
            else job.Fail(error);
        }
        block.Release();
        Settle(job, slot);
    }

    private void OnDropped(WorkerSlot slot, long id)
    {
        Job? cancelled = null;
        lock (_gate)
        {
            var job = slot.Find(id);
            if (job is null) return;
            if (job.Stop == StopReason.None) RequeueLocked(job);
            else
            {
                cancelled = job;
                EndLocked(job);
                EndRetiredLocked(slot);
            }
            DispatchLocked();
        }
        if (cancelled is null) return;
        cancelled.Cancel();
        Settle(cancelled, slot);
    }
}
