using System.Runtime.ExceptionServices;

namespace Simul;

// The life of a loop. Whoever runs it (Run, EventLoopThread, LoopPump, GuestLoop) takes it through the same phases, in this
// order; that is the shutdown order, told in docs/internals/shutdown.md.
//
//   phase            on entering                                     is over when
//   Open             main starts, where there is one                 the end is asked for: main has ended, or the owner asks
// 1 Unwinding        everything that is left is cancelled            no task and no async void method is left
// 2 Finalizing       what the loop owns begins to be disposed        as above: its disposal is a task
// 3 EndingExecutors  its executors are told to end                   they have, or their time is up: a warning
// 4 Draining         posts are refused                               those that came before have run
// 5 Closed           its own resources, clock and driver are freed
//
//   Open -> Unwinding -> Finalizing -> EndingExecutors -> Draining -> Closed
//
// Errors nobody handled are gathered all the way and thrown at the end by whoever ran the loop. Phases 1 to 3 also end when
// what is left can never end: everything waits where no cancellation reaches (a stall for the second time).
//
// Three ways to run it: RunToEnd blocks the thread, turn by turn, waiting in the driver; RunSome runs what is ready and returns;
// the loop's wait can be lent to another thread in between (LoopCore.WaitOnce).
//
// Thread safety: everything here belongs to the thread that entered the loop; RequestEnd may be called from any thread.
public sealed partial class EventLoop
{
    private LoopPhase _phase;
    private bool _endRequested;
    private bool _endsWithMain; // the loop lives for its main task; else its owner ends it
    private bool _onItsOwn;  // an error nobody handled ends a loop without a main task
    private int _entered;       // interlocked: a thread runs the loop
    private bool _expectsHost;  // until the end is asked for, see ExpectHost
    private bool _asksOnly;     // see TryPlanWait
    private LoopSignals? _signals;
    private CancellationTokenRegistration _mainToken;

    internal bool IsEnded => _phase == LoopPhase.Closed;

    // A hint for other threads.
    internal bool IsEnding => _endRequested;

    internal LoopCore Core => _core;

    internal GroupScope Root => _root;

    private void RunMain(LoopTask main, CancellationToken cancellationToken)
    {
        var host = Enter();
        try
        {
            BeginMain(main, cancellationToken, endsWithMain: true);
            RunToEnd();
        }
        finally
        {
            Leave(host);
        }
        ThrowOutcome(main);
    }

    // The calling thread runs the loop from here to Leave.
    internal HostContexts Enter(bool nested = false)
    {
        if (LoopCore.Current == _core)
            throw new InvalidOperationException($"{Name} runs already, and this code is part of it. Await the work instead of running the loop from inside.");
        if (!nested) RequireNoOther(); // a guest's batch does not block the loop it runs on
        if (Interlocked.CompareExchange(ref _entered, 1, 0) != 0)
            throw new InvalidOperationException($"{Name} is run by another thread at this moment, and a loop runs on one thread at a time. Use EventLoop.Post or EventLoop.SubmitAsync to have something run on it.");
        if (_phase == LoopPhase.Closed)
        {
            Volatile.Write(ref _entered, 0);
            throw new EventLoopClosedException(Name);
        }
        return _core.Enter();
    }

    internal void Leave(in HostContexts host)
    {
        _core.Leave(host);
        Volatile.Write(ref _entered, 0);
    }

    // The main task starts; signals and the token can cancel it from now on.
    internal void BeginMain(LoopTask main, CancellationToken cancellationToken, bool endsWithMain)
    {
        _main = main;
        _endsWithMain = endsWithMain;
        _stalled = _abandoned = false;
        _signals ??= LoopSignals.Listen(this, _options);
        _cancellable = cancellationToken.CanBeCanceled || _signals is { CanCancel: true };
        _watching ??= Watch();
        _mainToken = cancellationToken.UnsafeRegister(static x => ((LoopTask)x!).Cancel("the token given to Run was cancelled"), main);
        _root.Start(main);
    }

    // For loops that live until their owner ends them.
    internal void BeginWithoutMain(bool onItsOwn)
    {
        _onItsOwn = onItsOwn;
        _watching ??= Watch();
        if (onItsOwn) ExpectHostToTheEnd();
        _signals ??= LoopSignals.Listen(this, _options);
    }

    // Waiting for something that only the owner knows of is no stall.
    internal void ExpectHost() => Interlocked.Increment(ref _held);

    internal void ExpectHostToTheEnd()
    {
        _expectsHost = true;
        ExpectHost();
    }

    internal void ForgetHost() => Interlocked.Decrement(ref _held);

    // A task that is made for somebody outside sees his AsyncLocal values.
    internal void SetFlow(LoopTask task, ExecutionContext? flow)
    {
        if (flow is not null && flow != _core.BaseContext) task.Extras.StartContext = flow;
    }

    internal void AddUnhandled(Exception error) => _unhandled.Add(error);

    // From any thread: the loop unwinds and ends. False when it has ended.
    internal bool RequestEnd() => _core.Inject(new Action<object?>(static x => ((EventLoop)x!).RequestEndOnLoop()), this, _root);

    // From a signal, on the loop: what it lives for is cancelled.
    internal void CancelByOnLoop(string reason)
    {
        if (_main is not null)
        {
            _main.CancelOnLoop(reason);
            return;
        }
        _root.CancelOnLoop(reason);
        if (_onItsOwn) RequestEndOnLoop();
    }

    internal void RequestEndOnLoop()
    {
        _endRequested = true;
        _core.Stop();
    }

    // Runs the loop to its end, on this thread. Needs no other way out: what throws inside is reported and gathered.
    internal void RunToEnd()
    {
        while (_phase != LoopPhase.Closed)
        {
            if (!PhaseIsOver()) _core.Run(_phase == LoopPhase.Open ? null : PhaseIsOver);
            if (PhaseIsOver()) NextPhase();
        }
    }

    // Runs until the main task has ended, or nothing can end it; the loop lives on.
    internal void RunUntilMainEnded(LoopTask main)
    {
        while (!main.IsCompleted && !_abandoned && !_endRequested) _core.Run();
        _main = null;
        _stalled = _abandoned = false;
        _mainToken.Dispose();
    }

    // Runs what is ready, turn by turn, and returns when nothing is, or after so many callbacks or turns. Says whether there
    // is more to run.
    internal bool RunSome(int mostCallbacks, int mostTurns, out int ran)
    {
        ran = 0;
        int turns = 0;
        _core.Look();
        while (true)
        {
            if (PhaseIsOver())
            {
                NextPhase();
                if (_phase == LoopPhase.Closed) return false;
            }
            else if (ran >= mostCallbacks || turns >= mostTurns)
            {
                return _core.Ready.Count > 0;
            }
            else if (_core.RunTurnOf(mostCallbacks - ran) is var count and > 0)
            {
                ran += count;
                turns++;
            }
            else
            {
                _core.Look();
                if (_core.Ready.Count == 0 && _allBlocked.Count > 0 && !_core.Clock.OthersMayAct) GrantAllBlocked();
                if (_core.Ready.Count == 0) return false;
            }
        }
    }

    // Nothing is ready: until when to wait for work. False when there is something to run after all. Whoever only asks gets a
    // stall as an exception; else it is dealt with as in a loop that runs to its end.
    internal bool TryPlanWait(bool asksOnly, out IdlePlan plan)
    {
        _asksOnly = asksOnly;
        try
        {
            plan = ((ILoopHost)this).Idle(_core.Timers.NextDeadline);
        }
        finally
        {
            _asksOnly = false;
        }
        return !PhaseIsOver() && _core.Ready.Count == 0;
    }

    internal Exception? TakeUnhandled()
    {
        if (_unhandled.Count == 0) return null;
        Exception[] all = [.. _unhandled];
        _unhandled.Clear();
        return all.Length == 1 ? all[0] : new AggregateException("More than one error ended the loop.", all);
    }

    // How the main task ended, together with the errors nobody handled.
    internal Exception? OutcomeOf(LoopTask main)
    {
        if (_unhandled.Count > 0)
        {
            if (main.Error is { } error) _unhandled.Insert(0, error);
            return TakeUnhandled();
        }
        if (main.Error is { } failed) return failed;
        return main.Status == LoopTaskStatus.Cancelled
            ? new OperationCanceledException(main.Reason is { } why ? $"The main task was cancelled: {why}." : "The main task was cancelled.", main.ExtrasOrNull?.Token(cancelled: true) ?? default)
            : null;
    }

    internal void ThrowOutcome(LoopTask main)
    {
        if (OutcomeOf(main) is { } error) ExceptionDispatchInfo.Throw(error);
    }

    private bool PhaseIsOver() => _phase switch
    {
        LoopPhase.Open => _endRequested,
        LoopPhase.Unwinding or LoopPhase.Finalizing or LoopPhase.EndingExecutors => HasEnded(),
        LoopPhase.Draining => _core.HasDrained(),
        _ => true,
    };

    private void NextPhase()
    {
        _phase++;
        switch (_phase)
        {
            case LoopPhase.Unwinding:
                if (_expectsHost) ForgetHost();
                _root.CancelOnLoop("the loop is ending");
                break;
            case LoopPhase.Finalizing:
                FinalizeOwned();
                break;
            case LoopPhase.EndingExecutors:
                EndExecutors();
                break;
            case LoopPhase.Draining:
                _core.Refuse();
                break;
            default:
                if (_core.Ready.Count > 0) Log($"{Name} has ended although callbacks went on calling each other; {_core.Ready.Count} were dropped.");
                _mainToken.Dispose();
                _signals?.Dispose();
                _watching?.Dispose();
                if (_abandoned) LetGoOfTheAbandoned();
                _core.Close();
                break;
        }
    }

    // Whoever waits outside for what can never end is told so.
    private void LetGoOfTheAbandoned()
    {
        List<LoopTask> abandoned = [];
        for (var child = _root.FirstChild; child is not null; child = child.NextSibling)
        {
            if (child is LoopTask task) abandoned.Add(task);
        }
        foreach (var task in abandoned) task.End(LoopTaskStatus.Cancelled, null);
    }

    // The one place where what the loop owns is told to go: enumerators that were begun and left, resources handed to it.
    partial void FinalizeOwned();

    // Nothing of ours is left on the loop; or what is left can never end.
    private bool HasEnded() => _abandoned || (_root.CurrentChildren == 0 && Volatile.Read(ref _core.AsyncVoids) == 0);
}
