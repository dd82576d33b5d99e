using System.Diagnostics;
using Simul.Processes.Methods;
using Simul.Processes.Payloads;
using Simul.Processes.Sharing;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// One submitted item. Its states are in JobState.cs.
internal abstract class Job(WorkerPool pool, MethodReference method, string name, WorkOptions options, CancellationToken token)
{
    public WorkerPool Pool => pool;

    public MethodReference Method => method;

    public string Name => name;

    public TimeSpan? TimeLimit => options.Timeout;

    public int Priority => options.Priority;

    public RetryPolicy? Retry => options.Retry;

    public CancellationToken Token => token;

    // Where it was submitted: the parent of its spans in the worker.
    public Activity? Trace { get; } = Activity.Current;

    public bool IsAsynchronous { get; } = method.Shape >= WorkShape.Asynchronous;

    // Owner of all that follows, up to the next comment: the pool's gate.
    public long Id { get; set; }

    public JobState State { get; set; }

    // How often a worker took it.
    public int Attempt { get; set; }

    public bool HasRun => Attempt > 0;

    public StopReason Stop { get; set; }

    public WorkerSlot? Slot { get; set; }

    public Payload Closure { get; set; } = Payload.None;

    public Payload Argument { get; set; } = Payload.None;

    public LinkedListNode<Job>? Node { get; set; }

    public ITimer? TimeLimitTimer { get; set; }

    public ITimer? GraceTimer { get; set; }

    public ITimer? RetryTimer { get; set; }

    // Receivers of its progress; null when it has none.
    public List<ProgressLink>? Links { get; protected init; }

    // Made with its first report.
    public ReportQueue? Reports { get; set; }

    // In virtual time: who holds the clock for this item, from the moment a worker is bound to take it.
    public ClockMember? Member { get; set; }

    // The number of the sleep that Member waits in; 0 for none. Set by the worker's thread before it idles; reset by whoever
    // ends the sleep.
    public int Sleep { get; set; }

    // Set before the job reaches the pool.
    public CancellationTokenRegistration Registration { get; set; }

    // Owner: whoever handles its failures, one at a time.
    public int Losses;

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
        if (Closure.Block.IsNone) Closure = Payload.None;
        if (Argument.Block.IsNone) Argument = Payload.None;
    }

    // Nobody will read the input any more.
    public void DropInput()
    {
        Closure.Release(pool.Arguments);
        Argument.Release(pool.Arguments);
        Closure = Argument = Payload.None;
    }

    public void Fail(Exception error)
    {
        Error = error;
        End = WorkEnd.Failed;
    }

    public void Cancel() => End = WorkEnd.Cancelled;

    public abstract void Deliver();

    protected abstract void ReadResult(ReadOnlySpan<byte> result);

    protected abstract void ReadResult(ArenaBlock result);
}

internal sealed class Job<TResult> : Job
{
    // Continuations must not run on the thread that receives from a worker.
    private readonly TaskCompletionSource<TResult> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private SharedCargo? _cargo; // set once, by the constructor: shared objects on the way to the worker
    private readonly WorkItem<TResult>? _item; // of one that may run again
    private TResult? _result;

    public Job(WorkerPool pool, MethodReference method, WorkItem<TResult> item, CancellationToken token)
        : base(pool, method, item.Name, item.Options, token)
    {
        if (Retry is not null) _item = item;
        // Plain values have nothing in them to be looked for.
        if (!method.Captures && (item.ArgumentType is null || PayloadCodec.For(item.ArgumentType).IsPlain)) WriteArgument(item);
        else Links = ProgressLinks.Collect((this, method, item), static state => state.Item1.Write(state.method, state.item));
    }

    public Task<TResult> Task => _source.Task;

    private void Write(MethodReference method, WorkItem<TResult> item)
    {
        var cargo = SharedCargo.Begin();
        try
        {
            byte[] captured = method.Captured(item.Method, Pool.Options.Serializer); // may refuse, and so may the next line: a block is taken last
            WriteArgument(item);
            Closure = Payload.Of(captured, Pool.Arguments);
        }
        catch
        {
            cargo.End()?.Dispose();
            throw;
        }
        _cargo = cargo.End();
    }

    private void WriteArgument(WorkItem<TResult> item)
    {
        if (item.ArgumentType is { } type) Argument = WorkPayload.Serialize(type, item.Argument, Pool.Arguments, Pool.Options.Serializer, Method.ArgumentText);
    }

    public override void Deliver()
    {
        _item?.Attempts = Attempt;
        switch (End)
        {
            case WorkEnd.Completed:
                _source.TrySetResult(_result!);
                break;
            case WorkEnd.Cancelled:
                _source.TrySetCanceled(Token.IsCancellationRequested ? Token : new CancellationToken(true)); // else the pool's end did it
                break;
            default:
                _source.TrySetException(Error!);
                break;
        }
        _result = default;
        _cargo?.Dispose();
    }

    protected override void ReadResult(ReadOnlySpan<byte> result) => _result = typeof(TResult) == typeof(NoResult) ? default : WorkPayload.Deserialize<TResult>(result, Pool.Options.Serializer, Method.ResultText);

    protected override void ReadResult(ArenaBlock result) => _result = WorkPayload.Deserialize<TResult>(result, lease: null, Pool.Options.Serializer, Method.ResultText);
}
