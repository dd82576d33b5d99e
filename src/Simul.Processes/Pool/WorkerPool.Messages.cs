using Simul.Processes.Launch;
using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// What the workers say, and their beginning and end. Each worker's messages come on its own thread, in order.
internal sealed partial class WorkerPool
{
    private const int MostFailedStarts = 3;
    private int _failedStarts; // owner: _gate; in a row
    private int _idleDeaths;   // owner: _gate; in a row, of workers that were ready and had never been given anything

    public void OnStarted(WorkerSlot slot, WorkerProcess process, Channel channel)
    {
        bool kill, batches, warmUp;
        lock (_gate)
        {
            slot.Process = process;
            warmUp = KeepsWarm && slot.Jobs.Count == 0;
            slot.Results = channel.Results;
            batches = _batches;
            kill = _mode == ShutdownMode.Kill;
        }
        if (kill) process.Kill();
        BeginWatch(slot);
        var hello = new FrameWriter();
        Greeting.Write(hello, slot.Name, Options.Clock, Options.Serializer, Wishes);
        if (_initializer is not null) WriteInitializer(hello);
        if (batches && OperatingSystem.IsLinux())
        {
            var memory = BatchMemory.Create(out int descriptor);
            lock (_gate) (slot.Memory, slot.MemoryDescriptor) = (memory, descriptor);
            WriteMemory(hello, descriptor);
        }
        if (warmUp) WriteWarmUp(hello);
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

    // Nearly all that comes is that an item was taken and that it ended well. Of short items many come at once, and for those the
    // gate is taken once: what it costs to take it from others who want it, too, is more than all that is done behind it.
    //
    // Returns the one outcome that the receiver may deliver itself, if there is one: nothing else is to be received, and its
    // continuation was promised no other thread.
    public Job? OnMessages(WorkerSlot slot, FrameReader reader)
    {
        LookAtMemory(slot);
        while (true)
        {
            MessageKind kind;
            ReadOnlyMemory<byte> body;
            bool other, alone;
            lock (_gate)
            {
                while ((other = reader.TryReadMemory(out kind, out body)) && TryUsualLocked(slot, kind, body))
                {
                    // On to the next.
                }
                if (slot.JustEnded.Count > 0) DispatchLocked(); // before the clock is let go: the next item takes it over
                alone = !other && slot.JustEnded.Count == 1 && slot.Jobs.Count == 0;
            }
            Job? last = null;
            foreach (var (job, result) in slot.JustEnded)
            {
                job.Decode(result.Span);
                if (alone && job.IsAlone && job.Has?.Reports is null) Close(last = job, slot);
                else Settle(job, slot);
            }
            slot.JustEnded.Clear();
            if (!other) return last;
            OnMessage(slot, kind, new FrameBody(body.Span));
        }
    }

    // False when there is more to it.
    private bool TryUsualLocked(WorkerSlot slot, MessageKind kind, ReadOnlyMemory<byte> bytes)
    {
        if (kind is not (MessageKind.Taken or MessageKind.Done)) return false;
        var body = new FrameBody(bytes.Span);
        if (slot.Find(body.ReadInt64()) is not { Stop: StopReason.None } job) return false;
        if (kind == MessageKind.Taken)
        {
            if (job.TimeLimit is not null || _observer is not null) return false;
            TakenLocked(job, slot);
            return true;
        }
        long ticks = body.ReadInt64();
        if (job is BatchJob || !body.ReadPlace(slot.Results).IsNone) return false;
        EndLocked(job);
        slot.JustEnded.Add((job, bytes[^body.Rest.Length..]));
        if (!job.IsAsynchronous) slot.Observe(ticks);
        EndRetiredLocked(slot);
        return true;
    }

    private void TakenLocked(Job job, WorkerSlot slot)
    {
        job.State = JobState.Running;
        job.Attempt++;
        _idleDeaths = 0;
        _running++;
        if (job.Retry is null) job.DropSent();
        if (!job.IsAsynchronous) slot.RunningSince = TimeProvider.System.GetTimestamp();
    }

    private void OnMessage(WorkerSlot slot, MessageKind kind, FrameBody body)
    {
        switch (kind)
        {
            case MessageKind.Ready:
                OnReady(slot);
                break;
            case MessageKind.InitializerFailed:
                OnInitializerFailed(slot, body);
                break;
            case MessageKind.Taken:
                OnTaken(slot, body.ReadInt64());
                break;
            case MessageKind.Done or MessageKind.Failed:
                OnDone(slot, kind, body);
                break;
            case MessageKind.Report:
                OnReport(slot, body);
                break;
            case MessageKind.Message:
                OnWorkerMessage(slot, body);
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
        List<Job> perhaps = [], late = []; // perhaps to be tried again; of these, the ones whose time was over
        Exception? cannotStart = null;
        lock (_gate)
        {
            if (slot.State == WorkerSlotState.Starting)
            {
                if (++_failedStarts >= MostFailedStarts || failure is WorkerStartException) cannotStart = StartFailure(slot, exit, failure);
            }
            if (slot is { State: WorkerSlotState.Ready, TotalItems: 0 }) _idleDeaths++;
            slot.State = WorkerSlotState.Gone;
            slot.PingTimer?.Dispose();
            slot.Meter?.Dispose();
            foreach (var job in slot.Jobs)
            {
                if (job is BatchJob { State: JobState.Running } batch && OperatingSystem.IsLinux()) batch.ReadMemory(slot.Memory!, 0);
            }
            if (failure is not null) slot.KillNote = $"an error in the executor itself: {failure.Message}";
            _slots[slot.Index] = NewSlot(slot.Index);
            for (int i = slot.Jobs.Count - 1; i >= 0; i--)
            {
                var job = slot.Jobs[i];
                if (job.State == JobState.Running || job.Stop != StopReason.None || cannotStart is not null) lost.Add(job);
                else RequeueLocked(job);
            }
            if (cannotStart is not null)
            {
                lost.AddRange(_queue.TakeAll());
            }
            foreach (var job in lost)
            {
                if (cannotStart is null && job.State == JobState.Running && MayRetry(job)) perhaps.Add(job);
                else EndLocked(job);
            }
            foreach (var job in slot.Abandoned) job.DropInput();
            lost.RemoveAll(perhaps.Contains);
            foreach (var job in perhaps)
            {
                if (job.Stop == StopReason.TimedOut) late.Add(job);
                DelayLocked(job);
            }
            if (!_stopping) DispatchLocked();
            if (!_stopping) KeepMinimumLocked();
        }
        if (slot.Memory is { } memory && OperatingSystem.IsLinux()) DropMemory(memory, slot.MemoryDescriptor);
        foreach (var job in lost)
        {
            if (job.Stop == StopReason.Cancelled) job.Cancel();
            else if (job.Stop == StopReason.TimedOut) job.Fail(TimeLimitOver(job));
            else if (cannotStart is not null) job.Fail(StartFailure(slot, exit, failure)); // each its own, for its own stack trace
            else job.Fail(CrashCause.Describe(job, slot, exit));
            Settle(job, slot);
        }
        foreach (var job in perhaps) RetryOrFail(job, slot, late.Contains(job) ? TimeLimitOver(job) : CrashCause.Describe(job, slot, exit));
        Flush();
    }

    private static WorkerStartException StartFailure(WorkerSlot slot, WorkerExit exit, Exception? failure) => failure is not null
        ? new WorkerStartException($"Worker {slot.Name} could not be started: {failure.Message}", failure)
        : new WorkerStartException(
            $"Worker processes end before they can take work: {MostFailedStarts} in a row, the last {(exit.SignalName is { } signal ? $"by {signal}" : $"with exit code {exit.Code}")}{(slot.LimitNote is { } note ? $": {note}" : "")}. " +
            $"Standard error: {slot.Process?.ErrorTail}");

    private void OnReady(WorkerSlot slot)
    {
        lock (_gate)
        {
            _failedStarts = 0;
            if (slot.State != WorkerSlotState.Starting) return;
            slot.State = WorkerSlotState.Ready;
            BeginAgeLocked(slot);
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
            TakenLocked(job, slot);
            // Cancelled while it was on its way.
            if (job.Stop != StopReason.None) ArmGraceLocked(job);
        }
        if (job.TimeLimit is { } limit) StartTimeLimit(job, limit);
        _observer?.Started(Event(job, slot));
    }

    private void OnReport(WorkerSlot slot, FrameBody body)
    {
        long id = body.ReadInt64();
        int number = body.ReadInt32();
        if (id == 0)
        {
            OnInitializerReport(slot, number, body.Rest);
            return;
        }
        Job? job;
        lock (_gate)
        {
            job = slot.Find(id);
            if (job is null) return; // the item has ended, and what it left behind goes on reporting
            job.Extras.Reports ??= new ReportQueue(job.Name);
        }
        Action call;
        try
        {
            call = job.Extras.Links![number].Read(body.Rest, Options.Serializer);
        }
        catch (WorkSerializationException unreadable)
        {
            call = () => throw unreadable;
        }
        job.Extras.Reports.AddReport(call, body.Rest.Length);
    }

    private void OnDone(WorkerSlot slot, MessageKind kind, FrameBody body)
    {
        long id = body.ReadInt64();
        long ticks = body.ReadInt64();
        var error = kind == MessageKind.Failed ? ExceptionPayload.Read(ref body) : null;
        var block = kind == MessageKind.Done ? body.ReadPlace(slot.Results) : default;
        try
        {
            EndItem(slot, id, ticks, error, body.Rest, block);
        }
        finally
        {
            block.Release();
        }
    }

    private void EndItem(WorkerSlot slot, long id, long ticks, Exception? error, ReadOnlySpan<byte> result, ArenaBlock block)
    {
        Job? job;
        bool retry;
        lock (_gate)
        {
            job = slot.Find(id);
            if (job is null) return; // settled before, as one that did not answer its cancellation
            if (!block.IsNone) KeepWarmLocked();
            if (job.Stop == StopReason.TimedOut) error = TimeLimitOver(job);
            retry = error is not null && MayRetry(job);
            if (job is BatchJob batch && OperatingSystem.IsLinux())
            {
                batch.ReadMemory(slot.Memory!, ticks); // before its place is another's
                ticks /= batch.Count;
            }
            if (retry) DelayLocked(job);
            else EndLocked(job);
            if (!job.IsAsynchronous) slot.Observe(ticks);
            EndRetiredLocked(slot);
            DispatchLocked(); // before the clock is let go: the next item takes it over
        }
        if (retry)
        {
            RetryOrFail(job, slot, error!);
            return;
        }
        if (error is null && block.IsNone) job.Decode(result);
        else if (error is null) job.Decode(block);
        // An OperationCanceledException of an item nobody cancelled is a failure like any other.
        else if (error is OperationCanceledException && job.Stop == StopReason.Cancelled) job.Cancel();
        else job.Fail(error);
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
