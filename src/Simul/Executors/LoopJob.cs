namespace Simul;

// What a LoopExecutor begins on its loop, whatever its result.
internal interface ILoopJob
{
    Task RunAsync();

    // It has a place: it holds a virtual clock until its task does.
    void JoinClock();

    // The submitter's, captured when the item came.
    ExecutionContext? Flow { get; }
}

// One item on its way through a LoopExecutor.
internal sealed class LoopJob<TResult>(LoopExecutor executor, WorkItem<TResult> item, CancellationToken callerToken)
    : LocalJob<TResult>(executor.Books, item, callerToken), ILoopJob
{
    private ClockMember? _hold;
    private volatile LoopTask? _task; // while the method runs, and before

    public ExecutionContext? Flow { get; } = ExecutionContext.Capture();

    public void JoinClock() => _hold = (Books.Options.Clock as VirtualTimeProvider)?.Join("loop item on its way");

    // A task of the loop. It catches everything: what becomes of the item is told by its outcome.
    public async Task RunAsync()
    {
        _hold?.Dispose(); // the loop itself holds the clock now
        if (IsGivenUp)
        {
            Settle(WorkEnd.Cancelled, default, null);
        }
        else if (!await executor.InitializeAsync())
        {
            Settle(WorkEnd.Failed, default, Books.InitializerError());
        }
        else
        {
            await RunMethodAsync();
        }
        executor.Leave(this);
    }

    // Whoever gave it up before the task was known here did so before this looks.
    private async Task RunMethodAsync()
    {
        TResult? result = default;
        Exception? failure = null;
        _task = EventLoop.CurrentTask;
        Interlocked.MemoryBarrier();
        if (IsGivenUp) AskToEnd();
        try
        {
            result = Options.Timeout is { } timeout ? await CallWithinAsync(timeout) : await Call();
        }
        catch (Exception error)
        {
            failure = error;
        }
        _task = null;
        WorkContext.Current = null;
        Exit(result, failure);
    }

    protected override void AskToEnd() => _task?.Cancel("the item was given up");

    private async Task<TResult> CallWithinAsync(TimeSpan timeout)
    {
        TResult result = default!;
        bool late = await CancelScope.MoveOnAfterAsync(timeout, async () => result = await Call());
        return late ? throw new TimeoutException($"'{Name}' did not end within its limit of {timeout}.") : result;
    }

    private ValueTask<TResult> Call()
    {
        var token = LoopScope.Require().Token;
        Enter(executor.WorkerName, executor.State, token);
        return Item.InvokeAsync(token);
    }
}
