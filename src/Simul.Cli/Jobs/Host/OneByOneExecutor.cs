using System.Collections.Concurrent;

namespace Simul.Cli.Jobs.Host;

// The `sync` engine: one item after the other on one thread, an asynchronous method waited for where it stands. What all
// other engines are compared with.
internal sealed class OneByOneExecutor : Executor
{
    private readonly BlockingCollection<Action> _queue = [];
    private readonly Thread _thread;
    private readonly TimeProvider _clock = TimeProvider.System;
    private readonly WorkObserver? _observer;
    private readonly long _began;
    private long _next;
    private long _completed;
    private long _failed;
    private int _running;

    public OneByOneExecutor(WorkObserver? observer)
    {
        _observer = observer;
        _began = _clock.GetTimestamp();
        _thread = new Thread(Work) { Name = "sync 1", IsBackground = true };
        _thread.Start();
    }

    public override string Engine => "sync";

    public override int Workers => 1;

    public override ExecutorStatistics GetStatistics() =>
        new(_queue.Count, Volatile.Read(ref _running), Interlocked.Read(ref _completed), Interlocked.Read(ref _failed), 0, 1);

    public override ValueTask DisposeAsync()
    {
        _queue.CompleteAdding();
        return new ValueTask(Task.Run(_thread.Join));
    }

    protected override Task<TResult> ExecuteAsync<TResult>(WorkItem<TResult> item, CancellationToken cancellationToken)
    {
        // Continuations run on the worker: an item's result is on its way before the next item, which may crash, begins.
        var done = new TaskCompletionSource<TResult>();
        try
        {
            _queue.Add(() => Run(item, done, cancellationToken), CancellationToken.None);
        }
        catch (InvalidOperationException)
        {
            throw new ExecutorClosedException(Engine);
        }
        return done.Task;
    }

    private void Work()
    {
        foreach (var run in _queue.GetConsumingEnumerable()) run();
    }

    private void Run<TResult>(WorkItem<TResult> item, TaskCompletionSource<TResult> done, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            done.SetCanceled(cancellationToken);
            return;
        }
        var work = new WorkEvent(Engine, _thread.Name!, _next++, item.Name, _clock.GetElapsedTime(_began));
        _observer?.Started(work);
        Volatile.Write(ref _running, 1);
        using var limit = item.Options.Timeout is { } timeout ? new CancellationTokenSource(timeout, _clock) : null;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit?.Token ?? CancellationToken.None);
        WorkContext.Current = new WorkContext(Engine, _thread.Name!, _clock, either.Token);
        try
        {
            var result = item.InvokeAsync(either.Token).AsTask().GetAwaiter().GetResult();
            // The result came, but too late: the same answer the other engines give.
            if (limit is { IsCancellationRequested: true }) throw TooLate(item);
            Interlocked.Increment(ref _completed);
            Ended(work, WorkEnd.Completed);
            done.SetResult(result);
        }
        catch (OperationCanceledException) when (limit is { IsCancellationRequested: true } && !cancellationToken.IsCancellationRequested)
        {
            Fail(work, done, TooLate(item));
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            Ended(work, WorkEnd.Cancelled);
            done.SetCanceled(cancellationToken);
        }
        catch (Exception e)
        {
            Fail(work, done, e);
        }
        finally
        {
            WorkContext.Current = null;
            Volatile.Write(ref _running, 0);
        }
    }

    private void Fail<TResult>(in WorkEvent work, TaskCompletionSource<TResult> done, Exception error)
    {
        Interlocked.Increment(ref _failed);
        Ended(work, WorkEnd.Failed);
        done.SetException(error);
    }

    private void Ended(in WorkEvent work, WorkEnd outcome) => _observer?.Ended(work with { Time = _clock.GetElapsedTime(_began) }, outcome);

    private static TimeoutException TooLate<TResult>(WorkItem<TResult> item) =>
        new($"The item ran longer than its time limit of {item.Options.Timeout!.Value.TotalSeconds:0.###} s.");
}
