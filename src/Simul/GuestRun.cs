namespace Simul;

// One loop as the guest of a host. Who holds the loop when:
//
//   posted   the host has a batch in its queue, or runs it     -> posted (more is ready), waiting (nothing is), ended
//   waiting  the helper thread waits in the loop's driver      -> posted
//   gone     the host threw: the helper unwinds the loop       -> ended
//
// Each hands over to the next as the last thing it does, so the loop has one owner at any time and needs no lock.
internal abstract class GuestRun(Action<Action> postToHost, GuestLoopOptions options, CancellationToken cancellationToken)
{
    [ThreadStatic] private static GuestRun? t_running; // whose batch is on this thread's stack
    [ThreadStatic] private static bool t_again;        // the host has called the next batch inside of post

    private readonly SemaphoreSlim _helperTurn = new(0);
    private readonly EventLoop _loop = new(options.Loop);
    private readonly ExecutionContext? _flow = ExecutionContext.Capture();
    private LoopTask? _main;
    private IdlePlan _plan;      // handed to the helper with _helperTurn, as is what follows
    private Exception? _hostGone;
    private bool _ended;
    private bool _helperStarted; // owner: whoever holds the loop

    public void Begin() => Post();

    protected abstract LoopTask MakeMain(GroupScope root);

    // The main task's outcome is told; null for success.
    protected abstract void Complete(LoopTask main, Exception? error);

    private void Post()
    {
        try
        {
            postToHost(RunBatch);
        }
        catch (Exception error)
        {
            _hostGone = error;
            CallHelper();
        }
    }

    // On the host. A host that runs it at once, inside of post, gets it done here, behind the batch that posts: one batch
    // inside another would need a stack without end.
    private void RunBatch()
    {
        if (t_running == this)
        {
            t_again = true;
            return;
        }
        var before = t_running;
        t_running = this;
        try
        {
            do
            {
                t_again = false;
                RunOne();
            }
            while (t_again);
        }
        finally
        {
            t_running = before;
        }
    }

    private void RunOne()
    {
        bool more;
        var plan = default(IdlePlan);
        var host = _loop.Enter(nested: true);
        try
        {
            Start();
            more = _loop.RunSome(options.MaxCallbacks, int.MaxValue, out _);
            if (!more && !_loop.IsEnded) more = !_loop.TryPlanWait(asksOnly: false, out plan);
        }
        finally
        {
            _loop.Leave(host);
        }
        if (_loop.IsEnded)
        {
            End();
        }
        else if (more)
        {
            Post();
        }
        else
        {
            _plan = plan;
            CallHelper();
        }
    }

    private void Start()
    {
        if (_main is not null) return;
        _main = MakeMain(_loop.Root);
        _loop.SetFlow(_main, _flow);
        _loop.ExpectHostToTheEnd();
        _loop.BeginMain(_main, cancellationToken, endsWithMain: true);
    }

    private void End()
    {
        _ended = true;
        if (_helperStarted) _helperTurn.Release();
        Complete(_main!, _loop.OutcomeOf(_main!));
    }

    private void CallHelper()
    {
        if (!_helperStarted)
        {
            _helperStarted = true;
            new Thread(Help) { IsBackground = true, Name = $"{_loop.Name} guest wait" }.UnsafeStart();
        }
        _helperTurn.Release();
    }

    private void Help()
    {
        while (true)
        {
            _helperTurn.Wait();
            if (_ended) return;
            if (_hostGone is not null)
            {
                Unwind(_hostGone);
                return;
            }
            _loop.Core.WaitOnce(_plan);
            Post();
        }
    }

    // Nobody is left to run the loop where it belongs. Its finally blocks must run all the same.
    private void Unwind(Exception error)
    {
        var host = _loop.Enter();
        try
        {
            Start();
            _loop.AddUnhandled(error);
            _loop.RequestEndOnLoop();
            _loop.RunToEnd();
        }
        finally
        {
            _loop.Leave(host);
        }
        Complete(_main!, _loop.OutcomeOf(_main!));
    }
}

internal sealed class GuestRun<T>(Func<Task<T>> main, Action<Action> postToHost, GuestLoopOptions options, CancellationToken cancellationToken)
    : GuestRun(postToHost, options, cancellationToken)
{
    private readonly TaskCompletionSource<T> _outcome = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public Task<T> Outcome => _outcome.Task;

    protected override LoopTask MakeMain(GroupScope root) => new LoopTask<T>(root, main, "main");

    protected override void Complete(LoopTask ended, Exception? error)
    {
        if (error is null) _outcome.SetResult(((LoopTask<T>)ended).Result);
        else if (error is OperationCanceledException cancelled && ended.Status == LoopTaskStatus.Cancelled) _outcome.SetCanceled(cancelled.CancellationToken);
        else _outcome.SetException(error);
    }
}
