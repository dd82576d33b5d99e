namespace Simul;

// One item on its way through a ThreadExecutor.
internal abstract class ThreadJob(ThreadExecutor executor)
{
    private ClockMember? _member;

    protected ThreadExecutor Executor => executor;

    public long Id { get; set; }

    // Its place in the queue while it waits; owner: the executor's gate.
    public LinkedListNode<ThreadJob>? Place { get; set; }

    // Owner: the executor's gate.
    public bool HasEnded { get; set; }

    public abstract WorkEnd Run(ThreadWorker worker);

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
    private int _timedOut; // interlocked: the limit passed before the method ended

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

    public override WorkEnd Run(ThreadWorker worker)
    {
        if (_callerToken.IsCancellationRequested && !_giveUp.IsCancellationRequested) _giveUp.Cancel();
        if (_giveUp.IsCancellationRequested)
        {
            // Given up between the queue and the worker: the method never runs.
            _registration.Dispose();
            _outcome.TrySetCanceled(_callerToken);
            return WorkEnd.Cancelled;
        }
        var observer = Executor.Options.Observer;
        var work = observer is null ? default : new WorkEvent(Executor.Engine, worker.Name, Id, item.Name, Executor.Elapsed);
        observer?.Started(work);
        ClockMember.Current = Member;
        WorkContext.Current = new WorkContext(Executor.Engine, worker.Name, Executor.Options.Clock, _giveUp.Token);
        var limit = item.Options.Timeout is { } timeout
            ? Executor.Options.Clock.CreateTimer(_ => TimeOut(worker, timeout), null, timeout, System.Threading.Timeout.InfiniteTimeSpan)
            : null;
        WorkEnd ended;
        try
        {
            var result = item.IsAsynchronous ? RunOnLoop(worker) : item.InvokeAsync(_giveUp.Token).Result;
            ended = _outcome.TrySetResult(result) ? WorkEnd.Completed : WorkEnd.Failed;
        }
        catch (OperationCanceledException) when (_giveUp.IsCancellationRequested && _callerToken.IsCancellationRequested)
        {
            ended = _outcome.TrySetCanceled(_callerToken) ? WorkEnd.Cancelled : WorkEnd.Failed;
        }
        catch (Exception error)
        {
            _outcome.TrySetException(error);
            ended = WorkEnd.Failed;
        }
        finally
        {
            limit?.Dispose();
            _registration.Dispose();
            WorkContext.Current = null;
            ClockMember.Current = null;
        }
        observer?.Ended(work with { Time = Executor.Elapsed }, ended);
        return ended;
    }

    private TResult RunOnLoop(ThreadWorker worker) =>
        EventLoop.Run(() => item.InvokeAsync(_giveUp.Token).AsTask(), new EventLoopOptions { Name = worker.Name, Clock = Executor.Options.Clock }, _giveUp.Token);

    public void CallerCancelled()
    {
        if (Executor.TryWithdraw(this)) _outcome.TrySetCanceled(_callerToken);
        else _giveUp.Cancel();
    }

    private void TimeOut(ThreadWorker worker, TimeSpan timeout)
    {
        if (Interlocked.Exchange(ref _timedOut, 1) != 0) return;
        bool stillRuns = _outcome.TrySetException(new TimeoutException($"'{item.Name}' did not end within its limit of {timeout}. Its thread cannot be stopped; the process engine can."));
        if (!stillRuns) return;
        try
        {
            _giveUp.Cancel();
        }
        catch (AggregateException)
        {
            // A callback of the item's own. The item has failed already, and on this thread the error would end the process.
        }
        Executor.GiveUp(worker, this);
    }
}
