namespace Simul;

// Blocking code on a thread, begun by a task of a loop that waits for its end.
//
//   state      may go to            by
//   Waiting    Running              the thread
//   Waiting    Abandoned            the loop: the code never runs
//   Running    Ended                the thread: the loop is told, by injection
//   Running    Abandoned            the loop: the thread tells nobody, gives its lease back, and goes
//
// Thread safety: _state is interlocked. What the code brought is written before Ended and read behind it. Everything else
// belongs to the loop or is set before the start.
internal abstract class ThreadCall : IWaitSubject
{
    private const int Waiting = 0, Running = 1, Ended = 2, Abandoned = 3;

    private static readonly Action<object?> s_ended = static x => ((ThreadCall)x!).EndedOnLoop();

    [ThreadStatic] private static ThreadCall? t_current;

    private readonly ExecutionContext? _context = ExecutionContext.Capture();
    private readonly string? _name;
    private readonly WaiterQueue _waiting;
    private ThreadJob<bool>? _job;
    private Exception? _error;
    private int _state;
    private bool _told; // the loop knows of the end

    protected ThreadCall(EventLoop loop, LoopScope scope, string? name)
    {
        Loop = loop;
        Scope = scope;
        Token = scope.Token;
        _name = name;
        _waiting = new WaiterQueue(this);
    }

    // The call whose code runs on this thread.
    public static ThreadCall? Current => t_current;

    public EventLoop Loop { get; }

    public LoopScope Scope { get; }

    public CancellationToken Token { get; }

    // Its place under the limit, which it is the borrower of; set before the start.
    public CapacityLease Lease { get; set; }

    public bool IsAbandoned => Volatile.Read(ref _state) == Abandoned;

    public string Describe() => $"{_name ?? "a call"} on {_job?.Worker?.Name ?? "a thread"}";

    public override string ToString() => Describe();

    public void Start(ThreadExecutor executor)
    {
        Loop.BeginThreadCall();
        _job = executor.Start(WorkItem.Create<bool>(RunOnThread, _name is null ? null : new WorkOptions { Name = _name }), CancellationToken.None);
    }

    public ValueTask WaitAsync(bool cancellable)
    {
        if (cancellable) return Scope.WaitIn(_waiting);
        var waiter = Scope.RentWaiter();
        waiter.Arm(Scope, cancellable: false);
        _waiting.Add(waiter);
        return waiter.AsValueTask();
    }

    // False when the code has ended, perhaps unknown to the loop yet.
    public bool TryAbandon()
    {
        while (true)
        {
            int state = Volatile.Read(ref _state);
            if (state == Ended) return false;
            if (Interlocked.CompareExchange(ref _state, Abandoned, state) != state) continue;
            Loop.EndThreadCall();
            var job = _job!;
            job.LeaveClock(); // nobody waits for it any more
            if (state != Running) return true;
            job.Executor.GiveUp(job.Worker!, job);
            job.Abandon(atOnce: true);
            return true;
        }
    }

    protected void ThrowIfFailed()
    {
        if (_error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
    }

    protected abstract void Invoke();

    private bool RunOnThread()
    {
        if (Interlocked.CompareExchange(ref _state, Running, Waiting) != Waiting)
        {
            Lease.Dispose();
            return false;
        }
        var thread = Thread.CurrentThread;
        string? before = thread.Name;
        if (_name is not null) thread.Name = _name;
        t_current = this;
        try
        {
            // The item's context is the executor's; the code's is the caller's, and knows the executor all the same.
            if (_context is null) Invoke();
            else ExecutionContext.Run(_context, static x => Enter(((ThreadCall Call, WorkContext? Work))x!), (this, WorkContext.Current));
        }
        catch (Exception error)
        {
            _error = error;
        }
        t_current = null;
        if (_name is not null) thread.Name = before;
        if (Interlocked.CompareExchange(ref _state, Ended, Running) == Running)
        {
            if (!Loop.Core.Inject(s_ended, this, Loop.Core.Host.RootContext)) ReportLate("after its loop had ended");
            return true;
        }
        Lease.Dispose();
        ReportLate("after it had been given up");
        return false;
    }

    private static void Enter((ThreadCall Call, WorkContext? Work) entry)
    {
        WorkContext.Current = entry.Work;
        entry.Call.Invoke();
    }

    private void ReportLate(string when)
    {
        if (_error is null || (_error is OperationCanceledException && Token.IsCancellationRequested)) return;
        Loop.ReportLate($"{_name ?? "A call"} on a thread failed {when}: {_error}");
    }

    private void EndedOnLoop()
    {
        if (_told) return;
        _told = true;
        Loop.EndThreadCall();
        _waiting.TakeFirst()?.Grant();
    }
}

internal sealed class ThreadCall<T>(EventLoop loop, LoopScope scope, Func<T> body, string? name)
    : ThreadCall(loop, scope, name)
{
    private T? _result;

    public T GetResult()
    {
        ThrowIfFailed();
        return _result!;
    }

    protected override void Invoke() => _result = body();
}
