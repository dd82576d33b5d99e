using System.Diagnostics;
using Simul.Processes.Methods;
using Simul.Processes.Payloads;
using Simul.Processes.Sharing;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// One submitted item. Its states are in JobState.cs.
internal abstract class Job : LineItem<Job>, IThreadPoolWorkItem
{
    private readonly WorkOptions _options;
    private JobExtras? _extras; // made when the first of them is needed

    protected Job(WorkerPool pool, MethodReference method, WorkOptions options, bool alone, CancellationToken token)
    {
        Pool = pool;
        Method = method;
        _options = options;
        Token = token;
        IsAlone = alone;
        IsAsynchronous = method.Shape >= WorkShape.Asynchronous;
        if (Activity.Current is { } activity) Extras.Trace = activity;
    }

    public WorkerPool Pool { get; }

    public MethodReference Method { get; }

    public string Name => _options.Name ?? Method.Method.Name;

    public TimeSpan? TimeLimit => _options.Timeout;

    public int Priority => _options.Priority;

    public RetryPolicy? Retry => _options.Retry;

    public CancellationToken Token { get; }

    // Where it was submitted: the parent of its spans in the worker.
    public Activity? Trace => _extras?.Trace;

    public bool IsAsynchronous { get; }

    // It came when a worker had nothing to do. Its continuations run where it is delivered, as those of an async method run
    // where that ends; all others' run on the thread pool.
    public bool IsAlone { get; }

    public abstract bool IsDelivered { get; }

    // Owner of all that follows, up to the next comment: the pool's gate.
    public long Id { get; set; }

    public JobState State { get; set; }

    // How often a worker took it.
    public int Attempt { get; set; }

    public bool HasRun => Attempt > 0;

    public StopReason Stop { get; set; }

    public WorkerSlot? Slot { get; set; }

    public Payload Argument { get; set; }

    public TokenWatch? Watch { get; set; }

    public Job? NextWatched { get; set; }

    public Job? PreviousWatched { get; set; }

    // To be looked at: null while there is nothing to see. By members that ask for one it is made.
    public JobExtras? Has => _extras;

    public JobExtras Extras => _extras ?? Interlocked.CompareExchange(ref _extras, new(), null) ?? _extras;

    public Payload Closure => _extras?.Closure ?? Payload.None;

    public WorkEnd End { get; private set; }

    protected Exception? Error { get; private set; }

    // Fixes the outcome; nobody sees it before Deliver.
    public void Decode(ReadOnlySpan<byte> result)
    {
        try
        {
            ReadResult(result);
            End = WorkEnd.Completed;
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    public void Decode(ArenaBlock result)
    {
        try
        {
            ReadResult(result);
            End = WorkEnd.Completed;
        }
        catch (Exception error)
        {
            Fail(error);
        }
    }

    // The worker has what stood in the frame.
    public void DropSent()
    {
        if (_extras is { Closure.IsInBlock: false }) _extras.Closure = Payload.None;
        if (!Argument.IsInBlock) Argument = Payload.None;
    }

    // Nobody will read the input any more.
    public void DropInput()
    {
        Closure.Release(Pool.Arguments);
        Argument.Release(Pool.Arguments);
        Argument = Payload.None;
        _extras?.Closure = Payload.None;
    }

    public void Fail(Exception error)
    {
        Error = error;
        End = WorkEnd.Failed;
    }

    public void Cancel() => End = WorkEnd.Cancelled;

    public abstract void Deliver();

    void IThreadPoolWorkItem.Execute() => Pool.Deliver(this);

    protected abstract void ReadResult(ReadOnlySpan<byte> result);

    protected abstract void ReadResult(ArenaBlock result);
}

internal sealed class Job<TResult> : Job
{
    private readonly TaskCompletionSource<TResult> _source;
    private readonly WorkItem<TResult>? _item; // of one that may run again
    private TResult? _result;

    public Job(WorkerPool pool, MethodReference method, WorkItem<TResult> item, CancellationToken token)
        : base(pool, method, item.Options, pool.HasIdleWorker, token)
    {
        _source = new(IsAlone ? TaskCreationOptions.None : TaskCreationOptions.RunContinuationsAsynchronously);
        if (Retry is not null) _item = item;
        // Plain values have nothing in them to be looked for.
        if (!method.Captures && method.ArgumentCodec is null or { IsPlain: true }) WriteArgument(item);
        else if (ProgressLinks.Collect((this, method, item), static state => state.Item1.Write(state.method, state.item)) is { } links) Extras.Links = links;
    }

    public Task<TResult> Task => _source.Task;

    public override bool IsDelivered => Task.IsCompleted;

    private void Write(MethodReference method, WorkItem<TResult> item)
    {
        var cargo = SharedCargo.Begin();
        try
        {
            byte[] captured = method.Captured(item.Method, Pool.Options.Serializer); // may refuse, and so may the next line: a block is taken last
            WriteArgument(item);
            if (captured.Length > 0) Extras.Closure = Payload.Of(captured, Pool.Arguments);
        }
        catch
        {
            cargo.End()?.Dispose();
            throw;
        }
        if (cargo.End() is { } shared) Extras.Cargo = shared;
    }

    private void WriteArgument(WorkItem<TResult> item)
    {
        if (Method.ArgumentCodec is { } codec) Argument = WorkPayload.Serialize(codec, Method.Argument!, item.Argument, Pool.Arguments, Pool.Options.Serializer, Method.ArgumentText);
    }

    public override void Deliver()
    {
        _item?.Attempts = Attempt;
        // Before the outcome: of a lone item the continuations run within it, and as long as they like.
        var result = _result;
        _result = default;
        Has?.Cargo?.Dispose();
        switch (End)
        {
            case WorkEnd.Completed:
                _source.TrySetResult(result!);
                break;
            case WorkEnd.Cancelled:
                _source.TrySetCanceled(Token.IsCancellationRequested ? Token : new CancellationToken(true)); // else the pool's end did it
                break;
            default:
                _source.TrySetException(Error!);
                break;
        }
    }

    protected override void ReadResult(ReadOnlySpan<byte> result) => _result = typeof(TResult) == typeof(NoResult) ? default : WorkPayload.Deserialize<TResult>(result, Pool.Options.Serializer, Method.ResultText);

    protected override void ReadResult(ArenaBlock result) => _result = WorkPayload.Deserialize<TResult>(result, lease: null, Pool.Options.Serializer, Method.ResultText);
}
