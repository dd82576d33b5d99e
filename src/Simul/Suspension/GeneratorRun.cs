namespace Simul;

// Drives one generator, and those it runs in its place, from wait to wait, without an async method in between.
//
// Both contexts are kept as C# keeps them for an async method: what the generator does to them stays its own. The flow of
// AsyncLocals is carried from step to step; the scope must be the same after each step.
// Owner: the loop's baton holder.
internal abstract class GeneratorRun : IAwaitLink
{
    private readonly LoopCore _core;
    private readonly Action _resume;
    private Frame? _top;
    private Suspend _wait;         // while suspended: what for
    private bool _isWaiting;
    private bool _isStepping;
    private bool _resumedEarly;    // by a wait that called back while it was registered
    private ExecutionContext? _flow;

    protected GeneratorRun(LoopCore core)
    {
        _core = core;
        _resume = Resume;
        _flow = ExecutionContext.Capture();
    }

    public abstract Task Outcome { get; }

    public string Method => _top is { } frame ? MethodNames.OfStateMachine(frame.Iterator.GetType()) : "generator";

    protected abstract void Succeed();

    protected abstract void Fail(Exception error);

    protected abstract void Cancel(CancellationToken token);

    public void Start(IEnumerable<Suspend> generator)
    {
        _top = new Frame(generator.GetEnumerator(), null, null);
        Step();
    }

    private void Resume()
    {
        // From a foreign thread: a wait that heeds no context. It must not look at what the loop's thread is doing at this moment.
        // After the loop's end it goes on there, so that its finally blocks run.
        if (!_core.IsCurrent)
        {
            if (!_core.Inject(new Action<object?>(static x => ((GeneratorRun)x!).Step()), this, _core.Host.RootContext)) Step();
        }
        else if (_isStepping)
        {
            _resumedEarly = true;
        }
        else
        {
            Step();
        }
    }

    private void Step()
    {
        var scope = SynchronizationContext.Current;
        var flow = ExecutionContext.Capture();
        if (_flow is not null && _flow != flow) ExecutionContext.Restore(_flow);
        _isStepping = true;
        bool ended = Advance(scope, out var error);
        _isStepping = false;
        _flow = ExecutionContext.Capture();
        if (flow is not null && _flow != flow) ExecutionContext.Restore(flow);
        if (SynchronizationContext.Current != scope) SynchronizationContext.SetSynchronizationContext(scope);
        if (ended) End(error);
    }

    // True when it has come to its end, with or without an error.
    private bool Advance(SynchronizationContext? scope, out Exception? error)
    {
        error = null;
        if (_isWaiting)
        {
            _isWaiting = false;
            error = Take(_wait);
            _wait = default;
        }
        while (_top is { } frame)
        {
            if (error is null)
            {
                bool more = false;
                try
                {
                    more = frame.Iterator.MoveNext();
                }
                catch (Exception failed)
                {
                    error = failed;
                }
                if (more)
                {
                    error = SynchronizationContext.Current == scope ? Begin(frame.Iterator.Current) : LeaveScopes(scope);
                    if (_isWaiting) return false;
                    if (error is null) continue;
                }
            }
            error = Leave(frame, error);
        }
        return true;
    }

    // Begins what was yielded; returns what it failed with at once.
    private Exception? Begin(Suspend wait)
    {
        if (wait.Generator is { } inner)
        {
            try
            {
                _top = new Frame(inner.GetEnumerator(), _top, wait.Catcher);
                return null;
            }
            catch (Exception error)
            {
                return Caught(error, wait.Catcher);
            }
        }
        try
        {
            if (!wait.IsReady)
            {
                wait.Register(_resume);
                if (!_resumedEarly)
                {
                    _wait = wait;
                    _isWaiting = true;
                    return null;
                }
                _resumedEarly = false;
            }
        }
        catch (Exception misuse)
        {
            return misuse; // awaited twice, another loop's, nothing at all: no outcome of a wait, so no Try catches it
        }
        return Take(wait);
    }

    private static Exception? Take(in Suspend wait)
    {
        try
        {
            wait.Take();
            wait.Catcher?.Complete(null);
            return null;
        }
        catch (Exception error)
        {
            return Caught(error, wait.Catcher);
        }
    }

    // A generator has ended or failed: its finally blocks run, and the one around it goes on or fails in turn.
    private Exception? Leave(Frame frame, Exception? error)
    {
        try
        {
            frame.Iterator.Dispose();
        }
        catch (Exception failed)
        {
            error = failed; // as in C#: what a finally block throws takes the place of what was under way
        }
        _top = frame.Outer;
        if (error is not null) return Caught(error, frame.Catcher);
        frame.Catcher?.Complete(null);
        return null;
    }

    private static Exception? Caught(Exception error, SuspendedResult? catcher)
    {
        if (catcher is null) return error;
        catcher.Complete(error);
        return null;
    }

    // Scopes that were entered and not left before the yield are closed, so that the rest of the task is not in them.
    private static InvalidOperationException LeaveScopes(SynchronizationContext? outside)
    {
        var inside = SynchronizationContext.Current as LoopScope;
        if (IsAround(outside, inside))
        {
            for (var scope = inside; scope is CancelScope && scope != outside; scope = scope.Parent) scope.Close();
        }
        SynchronizationContext.SetSynchronizationContext(outside);
        return new InvalidOperationException(
            "A generator yielded inside a cancel scope that it had entered, and a scope must be left in the step in which it was entered. "
            + "Put what belongs in the scope into a generator of its own: yield return Suspend.On(CancelScope.RunAsync(_ => Generator.RunAsync(Inner()), timeout)).");
    }

    private static bool IsAround(SynchronizationContext? outside, LoopScope? scope)
    {
        while (scope is not null && scope != outside) scope = scope.Parent;
        return scope is not null;
    }

    private void End(Exception? error)
    {
        switch (error)
        {
            case null:
                Succeed();
                break;
            case OperationCanceledException { CancellationToken: { IsCancellationRequested: true } token }:
                Cancel(token);
                break;
            default:
                Fail(error);
                break;
        }
    }

    private sealed class Frame(IEnumerator<Suspend> iterator, Frame? outer, SuspendedResult? catcher)
    {
        public IEnumerator<Suspend> Iterator { get; } = iterator;

        public Frame? Outer { get; } = outer;

        public SuspendedResult? Catcher { get; } = catcher;
    }
}

// One whose end has a result: the generator leaves it, or there is none and that is said.
internal sealed class GeneratorRun<T>(LoopCore core, GeneratorResult<T>? result) : GeneratorRun(core)
{
    private readonly TaskCompletionSource<T> _outcome = new();

    public override Task<T> Outcome => _outcome.Task;

    protected override void Succeed()
    {
        if (result is null) _outcome.SetResult(default!);
        else if (result.HasValue) _outcome.SetResult(result.Value);
        else _outcome.SetException(new InvalidOperationException("The generator ended and left no result. Set Value of the GeneratorResult it was given before it ends."));
    }

    protected override void Fail(Exception error) => _outcome.SetException(error);

    protected override void Cancel(CancellationToken token) => _outcome.SetCanceled(token);
}
