namespace Simul;

// A task group where no loop runs: its children are tasks of the thread pool and run in parallel.
//
//   state       may go to   when
//   open        draining    the body and all children but the background's have ended
//   draining    ended       all have
//   cancelled (the token) is independent of that: by Cancel, by a failure, by the caller's token
//
// Thread safety: any thread; everything under the gate.
internal sealed class PoolGroup : IDisposable
{
    private readonly Lock _gate = new();
    private readonly CancellationTokenSource _cancel;
    private readonly CancellationTokenSource _drain;
    private readonly bool _supervisor;
    private readonly ErrorList _errors = new();        // owner: _gate
    private int _foreground;                         // owner: _gate; the body is one
    private int _children;                           // owner: _gate; background included, the body not
    private bool _draining;                          // owner: _gate; set once
    private bool _ended;                             // owner: _gate; set once
    private readonly TaskCompletionSource _foregroundGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _allGone = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public PoolGroup(TaskGroupOptions options, CancellationToken cancellationToken)
    {
        Name = options.Name ?? "group";
        _supervisor = options.Supervisor;
        _cancel = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        _drain = CancellationTokenSource.CreateLinkedTokenSource(_cancel.Token);
        _foreground = 1;
    }

    public string Name { get; }

    public string Description => $"Task group '{Name}'";

    public CancellationToken Token => _cancel.Token;

    public bool IsCancelled => _cancel.IsCancellationRequested;

    public int CurrentChildren
    {
        get
        {
            lock (_gate) return _children;
        }
    }

    // Whether the group's cancellation ended a child; to be asked after the end.
    public bool EndedAnyChild { get; private set; }

    public IReadOnlyList<Exception> Errors
    {
        get
        {
            lock (_gate) return [.. _errors.Errors];
        }
    }

    // Callbacks of the token are foreign code; what they throw counts as the group's error, not the canceller's.
    public void Cancel()
    {
        try
        {
            _cancel.Cancel();
        }
        catch (AggregateException error)
        {
            AddError(error);
        }
        catch (ObjectDisposedException)
        {
            // The group has ended: idempotent, as everywhere.
        }
    }

    // Whoever asks is told of the child's end, and of what it threw, when the group has taken note and still waits.
    public Task<T> Spawn<T>(Func<CancellationToken, Task<T>> body, bool background, Action<Exception?>? ended = null)
    {
        lock (_gate)
        {
            ThrowIfEnded();
            _children++;
            if (!background) _foreground++;
        }
        var token = background ? _drain.Token : _cancel.Token;
        // Cancelled before it began: never runs.
        var child = Task.Run(() => body(token), token);
        _ = FollowAsync(child, token, background, ended);
        return child;
    }

    public void ThrowIfEnded()
    {
        lock (_gate)
        {
            if (_ended) throw Ended(Description);
        }
    }

    public static InvalidOperationException Ended(string description) =>
        new($"{description} has ended and takes no more children. Spawn inside its body, or from a child that is still alive.");

    public void AddError(Exception error)
    {
        lock (_gate) _errors.Add(error);
    }

    // The body has ended: waits for the children, then for the background. True when there were any.
    public async Task<bool> EndAsync()
    {
        bool any;
        lock (_gate)
        {
            any = _children > 0;
            if (--_foreground == 0) _foregroundGone.SetResult();
        }
        await _foregroundGone.Task.ConfigureAwait(false);
        lock (_gate)
        {
            _draining = true;
            EndIfEmptyLocked();
        }
        try
        {
            await _drain.CancelAsync().ConfigureAwait(false);
        }
        catch (AggregateException error)
        {
            AddError(error); // of foreign token callbacks
        }
        await _allGone.Task.ConfigureAwait(false);
        return any;
    }

    public void Dispose()
    {
        _drain.Dispose();
        _cancel.Dispose();
    }

    private async Task FollowAsync(Task child, CancellationToken token, bool background, Action<Exception?>? ended)
    {
        Exception? outcome = null;
        try
        {
            await child.ConfigureAwait(false);
        }
        catch (OperationCanceledException cancelled) when (token.IsCancellationRequested)
        {
            outcome = cancelled; // as it was told to be
            if (IsCancelled) EndedAnyChild = true; // and not merely drained
        }
        catch (Exception error)
        {
            outcome = error;
            AddError(error);
            if (!_supervisor) Cancel();
        }
        ended?.Invoke(outcome);
        lock (_gate)
        {
            _children--;
            if (!background && --_foreground == 0) _foregroundGone.TrySetResult();
            EndIfEmptyLocked();
        }
    }

    private void EndIfEmptyLocked()
    {
        if (!_draining || _children > 0) return;
        _ended = true;
        _allGone.TrySetResult();
    }
}
