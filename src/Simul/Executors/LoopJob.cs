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

    public ExecutionContext? Flow { get; } = ExecutionContext.Capture();

    public void JoinClock() => _hold = (Books.Options.Clock as VirtualTimeProvider)?.Join("loop item on its way");

    // A task of the loop. It catches everything: what becomes of the item is told by its outcome.
    public async Task RunAsync()
    {
        _hold?.Dispose(); // the loop itself holds the clock now
        if (IsGivenUp) CancelToken();
        if (GivenUp.IsCancellationRequested)
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

    private async Task RunMethodAsync()
    {
        TResult? result = default;
        Exception? failure = null;
        try
        {
            using var watch = GivenUp.UnsafeRegister(static task => ((LoopTask)task!).Cancel("the item was given up"), EventLoop.CurrentTask);
            result = await InvokeAsync();
        }
        catch (Exception error)
        {
            failure = error;
        }
        WorkContext.Current = null;
        Exit(result, failure);
    }

    private async Task<TResult> InvokeAsync()
    {
        if (Item.Options.Timeout is not { } timeout) return await Call();
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
