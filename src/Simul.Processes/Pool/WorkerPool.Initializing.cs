using Simul.Processes.Methods;
using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// What each worker does before it says that it is ready. A failure there would be the same in the next one, so it is the
// pool's: what waits fails, and nothing is taken any more. An initializer that ends the process counts as a failed start.
internal sealed partial class WorkerPool
{
    private MethodReference? _initializer; // set once, by the constructor
    private byte[] _initializerClosure = [];
    private List<ProgressLink>? _initializerLinks; // set once, by the constructor: of all workers, for as long as they live
    private Exception? _initializerError;  // owner: _gate
    private string _failedWorker = "";     // owner: _gate

    private void PrepareInitializer()
    {
        if (Options.Initializer is not { } initializer) return;
        _initializer = MethodReference.Create(initializer.Method, initializer.Shape, null, initializer.StateType);
        // What it takes along outlives whoever happens to make the executor: his scopes and his trace are not its own, and a
        // converter that looks for them finds none.
        AsyncFlowControl? flow = ExecutionContext.IsFlowSuppressed() ? null : ExecutionContext.SuppressFlow();
        try
        {
            _initializerLinks = ProgressLinks.Collect((Pool: this, initializer.Method), static state =>
                state.Pool._initializerClosure = state.Pool._initializer!.Captured(state.Method, state.Pool.Options.Serializer));
        }
        finally
        {
            flow?.Undo();
        }
    }

    private void WriteInitializer(FrameWriter writer)
    {
        _initializer!.Write(writer, -1);
        writer.Begin(MessageKind.Initialize);
        writer.WritePayload(new(_initializerClosure));
        writer.End();
    }

    private void OnInitializerFailed(WorkerSlot slot, FrameBody body)
    {
        var error = ExceptionPayload.Read(ref body);
        List<Job> failed;
        lock (_gate)
        {
            _initializerError ??= error;
            if (_failedWorker.Length == 0) _failedWorker = slot.Name;
            if (slot.State == WorkerSlotState.Starting) slot.State = WorkerSlotState.Retiring;
            failed = [.. _slots.SelectMany(static s => s.Jobs).Where(static j => j.State == JobState.Assigned), .. _queue.TakeAll(), .. _delayed];
            foreach (var job in failed) EndLocked(job);
            EndRetiredLocked(slot);
        }
        foreach (var job in failed)
        {
            lock (_gate) error = InitializerErrorLocked();
            job.Fail(error);
            Settle(job, null);
        }
    }

    // Each its own, for its own stack trace.
    private WorkerInitializationException InitializerErrorLocked() => new(EngineName, _failedWorker, _initializerError);
}
