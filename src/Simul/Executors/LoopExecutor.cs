using System.Diagnostics;

namespace Simul;

/// <summary>Runs work items on one event loop: for very many items that mostly wait.</summary>
/// <remarks>
/// <para>Asynchronous methods overlap while they wait. A synchronous method holds up every other item while it runs; for those
/// use threads or processes.</para>
/// <para>The loop has a thread of its own, started with the first item and ended by <see cref="DisposeAsync"/>.</para>
/// <para>Cancellation: an item's task is cancelled, as loop tasks are: at its next checkpoint, or through its token.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
[DebuggerDisplay("loop x {Workers}: {GetStatistics()}")]
public sealed class LoopExecutor : Executor
{
    private readonly LoopExecutorOptions _options;
    private readonly Lock _gate = new();
    private readonly long _started;
    private readonly AsyncSemaphore _slots; // owner: the loop
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private EventLoopThread? _thread;       // owner: _gate
    private bool _closed;                   // owner: _gate
    private long _underWay;                 // all below: interlocked
    private long _running;
    private long _lastId;
    private long _totalCompleted;
    private long _totalFailed;
    private long _totalCancelled;

    /// <summary>Makes an executor; its loop starts with the first item.</summary>
    /// <param name="options">Concurrency, clock, observer.</param>
    public LoopExecutor(LoopExecutorOptions? options = null)
    {
        _options = options ?? new LoopExecutorOptions();
        _slots = new AsyncSemaphore(Workers, name: "items under way");
        _started = _options.Clock.GetTimestamp();
    }

    /// <inheritdoc/>
    public override string Engine => "loop";

    /// <inheritdoc/>
    public override int Workers => _options.Workers;

    private string WorkerName => _options.Name ?? "loop";

    /// <inheritdoc/>
    public override ExecutorStatistics GetStatistics()
    {
        long running = Interlocked.Read(ref _running);
        return new(Math.Max(0, Interlocked.Read(ref _underWay) - running), running, Interlocked.Read(ref _totalCompleted),
            Interlocked.Read(ref _totalFailed), Interlocked.Read(ref _totalCancelled), _thread is null ? 0 : 1);
    }

    /// <inheritdoc/>
    protected internal override async Task<TResult> ExecuteAsync<TResult>(WorkItem<TResult> item, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(item);
        var loop = Open(out var hold);
        try
        {
            return await loop.SubmitAsync(() => RunAsync(item, hold), cancellationToken);
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Interlocked.Increment(ref _totalCancelled);
            throw;
        }
        finally
        {
            hold?.Dispose();
            Finished();
        }
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_closed)
            {
                _closed = true;
                if (Interlocked.Read(ref _underWay) == 0) Close();
            }
        }
        await _ended.Task;
    }

    // Counts the item in, so that the loop stays until it has ended, and holds a virtual clock until its task does.
    private EventLoop Open(out ClockMember? hold)
    {
        lock (_gate)
        {
            if (_closed) throw new ExecutorClosedException(Engine);
            Interlocked.Increment(ref _underWay);
            hold = (_options.Clock as VirtualTimeProvider)?.Join("loop item on its way");
            _thread ??= new EventLoopThread(new EventLoopOptions { Name = WorkerName, Clock = _options.Clock, UnhandledError = _options.UnhandledError ?? (static error => Console.Error.WriteLine($"simul: an item on the loop left an error nobody handled: {error}")) });
            return _thread.Loop;
        }
    }

    private async Task<TResult> RunAsync<TResult>(WorkItem<TResult> item, ClockMember? hold)
    {
        hold?.Dispose(); // the loop itself holds the clock now
        await _slots.WaitAsync();
        Interlocked.Increment(ref _running);
        var observer = _options.Observer;
        var work = observer is null ? default : new WorkEvent(Engine, WorkerName, Interlocked.Increment(ref _lastId), item.Name, Elapsed);
        observer?.Started(work);
        var ended = WorkEnd.Failed;
        try
        {
            var result = await InvokeAsync(item);
            ended = WorkEnd.Completed;
            return result;
        }
        catch (OperationCanceledException) when (EventLoop.CurrentTask.IsCancelled)
        {
            ended = WorkEnd.Cancelled;
            throw;
        }
        finally
        {
            if (ended == WorkEnd.Completed) Interlocked.Increment(ref _totalCompleted);
            else if (ended == WorkEnd.Failed) Interlocked.Increment(ref _totalFailed);
            observer?.Ended(work with { Time = Elapsed }, ended);
            Interlocked.Decrement(ref _running);
            _slots.Release();
        }
    }

    private async Task<TResult> InvokeAsync<TResult>(WorkItem<TResult> item)
    {
        if (item.Options.Timeout is not { } timeout) return await Call(item);
        TResult result = default!;
        bool late = await CancelScope.MoveOnAfterAsync(timeout, async () => result = await Call(item));
        return late ? throw new TimeoutException($"'{item.Name}' did not end within its limit of {timeout}.") : result;
    }

    private ValueTask<TResult> Call<TResult>(WorkItem<TResult> item)
    {
        var token = CurrentToken();
        WorkContext.Current = new WorkContext(Engine, WorkerName, _options.Clock, token);
        return item.InvokeAsync(token);
    }

    private static CancellationToken CurrentToken() => LoopScope.Require().Token;

    private TimeSpan Elapsed => _options.Clock.GetElapsedTime(_started);

    private void Finished()
    {
        lock (_gate)
        {
            if (Interlocked.Decrement(ref _underWay) == 0 && _closed) Close();
        }
    }

    private void Close()
    {
        if (_thread is null) _ended.TrySetResult();
        else _ = StopAsync(_thread);
    }

    private async Task StopAsync(EventLoopThread thread)
    {
        try
        {
            await thread.StopAsync().ConfigureAwait(false); // the last item may be what calls this, on the loop
            _ended.TrySetResult();
        }
        catch (Exception error)
        {
            _ended.TrySetException(error);
        }
    }
}
