namespace Simul;

// One item on its way through a ThreadExecutor.
internal sealed class ThreadJob<TResult>(ThreadExecutor executor, WorkItem<TResult> item, CancellationToken callerToken)
    : LocalJob<TResult>(executor.Books, item, callerToken), IThreadJob
{
    private readonly CancellationTokenSource _giveUp = new();
    private ClockMember? _member;

    public ThreadExecutor Executor => executor;

    // Set before the item runs.
    public ThreadWorker? Worker { get; set; }

    // In virtual time a job holds the clock from the moment a worker is its own.
    public void JoinClock()
    {
        if (Books.Options.Clock is VirtualTimeProvider clock) _member = clock.Join($"{Books.Engine} item {Id}");
    }

    public void LeaveClock() => _member?.Dispose();

    public void Run(ThreadWorker worker)
    {
        if (IsGivenUp)
        {
            // Given up between the queue and the worker: the method never runs.
            Settle(WorkEnd.Cancelled, default, null);
            return;
        }
        ClockMember.Current = _member;
        if (!worker.Initialize(Books))
        {
            ClockMember.Current = null;
            Settle(WorkEnd.Failed, default, Books.InitializerError());
            return;
        }
        Enter(worker.Name, worker.State, _giveUp.Token);
        var limit = Options.Timeout is { } timeout
            ? Books.Options.Clock.CreateTimer(_ => TimeOut(worker, timeout), null, timeout, System.Threading.Timeout.InfiniteTimeSpan)
            : null;
        TResult? result = default;
        Exception? failure = null;
        try
        {
            result = Item.IsAsynchronous ? RunOnLoop(worker) : Item.InvokeAsync(_giveUp.Token).Result;
        }
        catch (Exception error)
        {
            failure = error;
        }
        limit?.Dispose();
        WorkContext.Current = null;
        ClockMember.Current = null;
        Exit(result, failure);
    }

    private TResult RunOnLoop(ThreadWorker worker) =>
        EventLoop.Run(() => Item.InvokeAsync(_giveUp.Token).AsTask(), new EventLoopOptions { Name = worker.Name, Clock = Books.Options.Clock }, _giveUp.Token);

    private void TimeOut(ThreadWorker worker, TimeSpan timeout)
    {
        if (!Settle(WorkEnd.Failed, default, new TimeoutException($"'{Name}' did not end within its limit of {timeout}. Its thread cannot be stopped; the process engine can."))) return;
        AskToEnd();
        executor.GiveUp(worker, this);
    }

    // Callbacks on the token are the item's own; what they throw is for neither the canceller nor the timer's thread.
    protected override void AskToEnd()
    {
        try
        {
            _giveUp.Cancel();
        }
        catch (AggregateException error)
        {
            Console.Error.WriteLine($"simul: a callback on the token of '{Name}' failed: {error.InnerException}");
        }
    }
}
