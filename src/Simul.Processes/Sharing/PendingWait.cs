namespace Simul.Processes.Sharing;

// A wait without a thread. The wait thread alone decides how it ends, so nothing here races with anything.
internal abstract class PendingWait(SharedBlock block, SharedObject? owner, WaitCell cell, long end, CancellationToken token)
{
    private CancellationTokenRegistration _registration;
    private volatile WaitThread? _thread;

    protected SharedBlock Block => block;

    protected SharedObject? Owner => owner;

    protected CancellationToken Token => token;

    public WaitCell Cell => cell;

    public long End => end;

    public void Start()
    {
        Block.Enter(); // until Finish
        // The thread may not be known yet when the token calls; then it looks at the token itself when it takes the wait in.
        _registration = token.UnsafeRegister(static wait => ((PendingWait)wait!)._thread?.Ring(), this);
        _thread = WaitThread.Add(this);
    }

    // By the wait thread: whether it has come to an end.
    public abstract bool TryEnd(bool look);

    // By the wait thread, once, when the cell is no longer looked at.
    public void Finish()
    {
        _registration.Dispose();
        Block.Leave();
        Complete();
    }

    protected abstract void Complete();
}

internal sealed class PendingWait<TAttempt>(SharedBlock block, SharedObject? owner, WaitCell cell, TAttempt attempt, long end, CancellationToken token)
    : PendingWait(block, owner, cell, end, token)
    where TAttempt : struct, IAttempt
{
    // Continuations run in their own contexts, or on the pool; never on the wait thread.
    private readonly TaskCompletionSource<(bool, TAttempt)> _source = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TAttempt _attempt = attempt;
    private bool _done;
    private Exception? _error;

    public Task<(bool Done, TAttempt Attempt)> Task => _source.Task;

    public override bool TryEnd(bool look)
    {
        try
        {
            if (_done = _attempt.Try(look)) return true;
        }
        catch (Exception error)
        {
            _error = error;
            return true;
        }
        if (Owner is { IsDisposed: true }) _error = new ObjectDisposedException(Owner.GetType().FullName);
        return _error is not null || Token.IsCancellationRequested || SharedWait.Left(End) <= TimeSpan.Zero;
    }

    protected override void Complete()
    {
        if (_error is not null) _source.SetException(_error);
        else if (!_done && Token.IsCancellationRequested) _source.SetCanceled(Token);
        else _source.SetResult((_done, _attempt));
    }
}
