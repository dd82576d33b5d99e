using System.Diagnostics;

namespace Simul;

// One item on its way through an engine of this process. Its states are in LocalJobState.cs.
internal abstract class LocalJob(LocalBooks books, WorkOptions options, string name) : LineItem<LocalJob>
{
    public LocalBooks Books => books;

    public WorkOptions Options => options;

    public string Name => name;

    // Where it was submitted: the parent of its spans.
    public Activity? Trace { get; } = Activity.Current;

    // Owner of all that follows, up to the next comment: the books' gate.
    public LocalJobState State { get; set; }

    public long Id { get; set; }

    public LocalJob? NextToBegin { get; set; }

    public LocalJob? Parent { get; set; }

    public int Children { get; set; }

    public bool Lends { get; set; }

    public ITimer? RetryTimer { get; set; }

    // From the moment it has a place until its run is over, whatever became of its outcome. Written under the gate.
    public volatile bool OnWorker;

    // Owner: whoever runs it.
    public int Attempt { get; set; }

    public TimeSpan? RetryAfter { get; set; } // set by the run, taken by LeaveLocked

    // Whether somebody gave it up.
    public abstract bool IsGivenUp { get; }

    // Ends it before it runs, or asks what runs to end.
    public abstract void GiveUp();

    // The executor ends without it.
    public abstract void Abandon(bool atOnce);

    public abstract void Fail(Exception error);

    // It was not accepted.
    public abstract void Forget();
}

internal abstract class LocalJob<TResult>(LocalBooks books, WorkItem<TResult> item, CancellationToken callerToken) : LocalJob(books, item.Options, item.Name)
{
    // Continuations must not run on the worker.
    private readonly TaskCompletionSource<TResult> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private CancellationTokenRegistration _registration;
    private Activity? _span;
    private string? _worker; // where an observer heard it begin
    private int _losses;
    private int _settled;              // interlocked: what came first fixes the outcome
    private volatile bool _abandoned;  // set once: the executor's end gave it up

    public Task<TResult> Task => _outcome.Task;

    public override bool IsGivenUp => _abandoned || callerToken.IsCancellationRequested;

    protected WorkItem<TResult> Item => item;

    protected bool IsSettled => Volatile.Read(ref _settled) != 0;

    public void WatchCancellation()
    {
        if (!callerToken.CanBeCanceled) return;
        _registration = callerToken.UnsafeRegister(static x => ((LocalJob)x!).GiveUp(), this);
    }

    public override void Forget() => _registration.Unregister();

    public override void GiveUp()
    {
        if (Books.TryWithdraw(this)) Settle(WorkEnd.Cancelled, default, null);
        else AskToEnd();
    }

    public override void Abandon(bool atOnce)
    {
        _abandoned = true;
        if (atOnce) Settle(WorkEnd.Cancelled, default, null);
        AskToEnd();
    }

    public override void Fail(Exception error) => Settle(WorkEnd.Failed, default, error);

    // The books first, then the outcome: who awaits the item then finds it counted, and its observer told. False when it was
    // fixed before.
    protected bool Settle(WorkEnd end, TResult? result, Exception? error, bool tellObserver = false)
    {
        if (Interlocked.Exchange(ref _settled, 1) != 0) return false;
        _registration.Unregister();
        item.Attempts = Attempt;
        bool last = Books.Close(this, end);
        if (tellObserver) Ended(end);
        if (end == WorkEnd.Completed) _outcome.TrySetResult(result!);
        else if (end == WorkEnd.Failed) _outcome.TrySetException(error!);
        else _outcome.TrySetCanceled(callerToken.IsCancellationRequested ? callerToken : new CancellationToken(true));
        if (last) Books.Drained();
        return true;
    }

    // What surrounds a run, on the worker: observer, context, span.
    protected void Enter(string worker, object? state, CancellationToken token)
    {
        if (Books.Options.Observer is { } observer)
        {
            _worker = worker;
            observer.Started(new WorkEvent(Books.Engine, worker, Id, Name, Books.Elapsed));
        }
        WorkContext.Current = new WorkContext(Books.Engine, worker, Books.Options.Clock, token) { Attempt = Attempt, State = state, Item = this };
        _span = WorkActivity.Begin(Name, Trace, Books.Engine, worker, Attempt);
    }

    // The end of a run: fixes the outcome, or says when to try again.
    protected void Exit(TResult? result, Exception? failure)
    {
        WorkActivity.End(_span, failure);
        _span = null;
        var end = failure is null ? WorkEnd.Completed : failure is OperationCanceledException && IsGivenUp ? WorkEnd.Cancelled : WorkEnd.Failed;
        if (end == WorkEnd.Failed && !IsGivenUp && !IsSettled && Options.Retry is { } retry) RetryAfter = retry.Next(Name, Attempt, ref _losses, ref failure!);
        // Late or written off: its outcome has been told.
        if (RetryAfter is not null || !Settle(end, result, failure, tellObserver: true)) Ended(WorkEnd.Failed);
    }

    // Tells what runs, or is about to.
    protected abstract void AskToEnd();

    private void Ended(WorkEnd end) => Books.Options.Observer?.Ended(new WorkEvent(Books.Engine, _worker!, Id, Name, Books.Elapsed), end);
}
