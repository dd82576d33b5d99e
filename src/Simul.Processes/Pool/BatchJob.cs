using System.Runtime.Versioning;
using Simul.Processes.Methods;
using Simul.Processes.Payloads;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// A job of many items.
[SupportedOSPlatform("linux")]
internal abstract class BatchJob(WorkerPool pool, MethodReference method, WorkOptions options, int count, CancellationToken token)
    : Job(pool, method, options, alone: false, token)
{
    public int Count => count;

    // Its place in the memory; owner: the pool's gate.
    public int Place { get; set; }

    // How many ended well.
    public int Done { get; protected set; }

    // Whether the one behind these failed.
    public bool HasError => End == WorkEnd.Failed && Done < Count; // else the worker went when nothing was left to lose

    // Before the place is given to another.
    public abstract void ReadMemory(BatchMemory memory, long ticks);
}

[SupportedOSPlatform("linux")]
internal sealed class BatchJob<TArg, TResult> : BatchJob
{
    private readonly TaskCompletionSource<BatchOutcome<TResult>> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TResult[] _results = [];
    private TimeSpan _time;

    public BatchJob(WorkerPool pool, MethodReference method, WorkOptions options, byte[] closure, ReadOnlySpan<TArg> inputs, CancellationToken token)
        : base(pool, method, options, inputs.Length, token)
    {
        if (closure.Length > 0) Extras.Closure = new Payload(closure);
        Argument = Payload.Of(RawBytes.Of(inputs));
    }

    public Task<BatchOutcome<TResult>> Task => _source.Task;

    public override bool IsDelivered => Task.IsCompleted;

    // A batch that ended says how many ended well. Of one whose worker has gone, all that began but the last one did.
    public override void ReadMemory(BatchMemory memory, long ticks)
    {
        int done = Volatile.Read(ref memory.Done(Place));
        if (done < 0) done = Volatile.Read(ref memory.Begun(Place)) - 1;
        Done = Math.Clamp(done, 0, Count);
        _results = RawBytes.To<TResult>(memory.Results(Place), Done);
        _time = new TimeSpan(ticks);
    }

    public override void Deliver()
    {
        if (Done < Count && (End == WorkEnd.Cancelled || Stop == StopReason.Cancelled)) _source.TrySetCanceled(Token.IsCancellationRequested ? Token : new CancellationToken(true));
        else _source.TrySetResult(new(_results, Done, HasError ? Error : null, _time));
        _results = [];
    }

    protected override void ReadResult(ReadOnlySpan<byte> result)
    {
        // They stand in the memory.
    }

    protected override void ReadResult(ArenaBlock result)
    {
    }
}
