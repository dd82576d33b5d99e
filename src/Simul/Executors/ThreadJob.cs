namespace Simul;

// One item on its way through a ThreadExecutor.
internal abstract class ThreadJob(ThreadExecutor executor)
{
    private ClockMember? _member;

    public ThreadExecutor Executor => executor;

    public long Id { get; set; }

    // Its place in the queue while it waits; owner: the executor's gate.
    public LinkedListNode<ThreadJob>? Place { get; set; }

    // Owner: the executor's gate.
    public bool HasEnded { get; set; }

    // Set before the item runs.
    public ThreadWorker? Worker { get; protected set; }

    public abstract void Run(ThreadWorker worker);

    // In virtual time a job holds the clock from the moment a worker is its own.
    public void JoinClock()
    {
        if (executor.Options.Clock is VirtualTimeProvider clock) _member = clock.Join($"{executor.Engine} item {Id}");
    }

    public void LeaveClock() => _member?.Dispose();

    protected ClockMember? Member => _member;
}

internal sealed class ThreadJob<TResult>(ThreadExecutor executor, WorkItem<TResult> item) : ThreadJob(executor)
{
    private readonly TaskCompletionSource<TResult> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _giveUp = new();
    private CancellationToken _callerToken;
    private CancellationTokenRegistration _registration;
    private int _settled; // interlocked: whether the item's end, or its limit, came first

    public Task<TResult> Task => _outcome.Task;

    public void WatchCancellation(CancellationToken token)
    {
        _callerToken = token;
        if (!token.CanBeCanceled) return;
        _registration = token.UnsafeRegister(static x => ((ThreadJob<TResult>)x!).CallerCancelled(), this);
        // A worker may have taken and ended the item meanwhile, and found no registration to dispose.
        Interlocked.MemoryBarrier();
        if (_outcome.Task.IsCompleted) _registration.Unregister();
    }

    public void Forget() => _registration.Dispose();

    public override void Run(ThreadWorker worker)
    {
        Worker = worker;
        if (_callerToken.IsCancellationRequested && !_giveUp.IsCancellationRequested) _giveUp.Cancel();
        if (_giveUp.IsCancellationRequested)
        {
            // Given up between the queue and the worker: the method never runs.
            _registration.Dispose();
            Executor.Count(WorkEnd.Cancelled);
            _outcome.TrySetCanceled(_callerToken);
            return;
        }
        var observer = Executor.Options.Observer;
        var work = observer is null ? default : new WorkEvent(Executor.Engine, worker.Name, Id, item.Name, Executor.Elapsed);
        observer?.Started(work);
        ClockMember.Current = Member;
        WorkContext.Current = new WorkContext(Executor.Engine, worker.Name, Executor.Options.Clock, _giveUp.Token);
        var limit = item.Options.Timeout is { } timeout
            ? Executor.Options.Clock.CreateTimer(_ => TimeOut(worker, timeout), null, timeout, System.Threading.Timeout.InfiniteTimeSpan)
            : null;
        TResult? result = default;
        Exception? failure = null;
        try
        {
            result = item.IsAsynchronous ? RunOnLoop(worker) : item.InvokeAsync(_giveUp.Token).Result;
        }
        catch (Exception error)
        {
            failure = error;
        }
        limit?.Dispose();
        _registration.Dispose();
        WorkContext.Current = null;
        ClockMember.Current = null;
        // The books first: who awaits the item then finds it counted.
        bool late = Interlocked.Exchange(ref _settled, 1) != 0;
        bool cancelled = !late && failure is OperationCanceledException && _callerToken.IsCancellationRequested;
        var ended = late || (failure is not null && !cancelled) ? WorkEnd.Failed : cancelled ? WorkEnd.Cancelled : WorkEnd.Completed;
        if (!late) Executor.Count(ended);
        observer?.Ended(work with { Time = Executor.Elapsed }, ended);
        if (late) return;
        if (cancelled) _outcome.TrySetCanceled(_callerToken);
        else if (failure is not null) _outcome.TrySetException(failure);
        else _outcome.TrySetResult(result!);
    }

    private TResult RunOnLoop(ThreadWorker worker) =>
        EventLoop.Run(() => item.InvokeAsync(_giveUp.Token).AsTask(), new EventLoopOptions { Name = worker.Name, Clock = Executor.Options.Clock }, _giveUp.Token);

    public void CallerCancelled()
    {
        if (Executor.TryWithdraw(this)) _outcome.TrySetCanceled(_callerToken);
        else CancelToken();
    }

    private void TimeOut(ThreadWorker worker, TimeSpan timeout)
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0) return;
        Executor.Count(WorkEnd.Failed);
        _outcome.TrySetException(new TimeoutException($"'{item.Name}' did not end within its limit of {timeout}. Its thread cannot be stopped; the process engine can."));
        CancelToken();
        Executor.GiveUp(worker, this);
    }

    // Callbacks on the token are the item's own; what they throw is for neither the canceller nor the timer's thread.
    private void CancelToken()
    {
        try
        {
            _giveUp.Cancel();
        }
        catch (AggregateException error)
        {
            Console.Error.WriteLine($"simul: a callback on the token of '{item.Name}' failed: {error.InnerException}");
        }
    }
}
