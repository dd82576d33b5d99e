namespace Simul;

// The loop in somebody else's hands: run by the piece instead of to its end, waited for by whoever has the time; and the end
// itself, in pieces. Run and RunTurns know nothing of it.
internal sealed partial class LoopCore
{
    private const long MostDrainingTurns = 1000;

    private long? _drainUntil;

    // Callbacks that are ready, as another thread may see it: a hint.
    public int ReadyHint => Math.Max(0, Ready.Count);

    // The calling thread runs the loop until Leave: it gets the baton and the clock, and its own contexts are put aside.
    public HostContexts Enter()
    {
        var host = new HostContexts(TakeBaton(), SynchronizationContext.Current, ExecutionContext.Capture());
        if (host.Flow != _baseContext) RestoreContext();
        Clock.Enter();
        return host;
    }

    public void Leave(in HostContexts host)
    {
        EntryContext = null;
        ContextChanged = true;
        Clock.Leave();
        if (IsClosed)
        {
            Clock.Dispose(); // after Leave: somebody must hold the clock all the time
            Driver.Dispose();
        }
        ReturnBaton(host.Core);
        if (host.Flow is not null && ExecutionContext.Capture() != host.Flow) ExecutionContext.Restore(host.Flow);
        SynchronizationContext.SetSynchronizationContext(host.Context);
    }

    // Timers that are due, I/O that has completed, posts of other threads: what there is goes to the ready queue. No waiting.
    public void Look()
    {
        long now = _lastLook = Clock.Now;
        _stretchLeft = _stretchLength;
        FireTimers(now);
        Driver.Poll();
        if (_injected.HasItems) TotalInjected += _injected.Drain(Ready);
    }

    // A turn of at most so many callbacks, of those that are ready; the rest stands at the front of the next turn. Returns how
    // many it began.
    public int RunTurnOf(int most)
    {
        if (_injected.HasItems) TotalInjected += _injected.Drain(Ready);
        int turn = Math.Min(Ready.Count, most);
        if (turn == 0) return 0;
        TotalTurns++;
        TotalCallbacks += turn;
        _turnLeft = turn;
        bool arranged = _policy is null;
        while (true)
        {
            try
            {
                if (!arranged)
                {
                    arranged = true;
                    Arrange(turn);
                }
                if (Watch is { } watch) RunTurnWatched(watch);
                else RunTurn();
                break;
            }
            catch (Exception error)
            {
                ContextChanged = true;
                if (ExecutionContext.Capture() != _baseContext) RestoreContext();
                Host.CallbackFailed(error, EntryContext);
            }
        }
        EntryContext = null;
        ContextChanged = true; // what runs between two turns may set a context
        return turn;
    }

    // Waits once, as the plan says; any thread, as long as nobody runs the loop meanwhile. Returns at once when somebody has
    // posted already.
    public void WaitOnce(in IdlePlan plan)
    {
        if (!_injected.TrySleep()) return;
        try
        {
            if (plan.Grace > TimeSpan.Zero) Driver.Wait(plan.Grace);
            if (!_injected.HasItems) Clock.Wait(Driver, plan.Until, plan.ForOthers);
        }
        finally
        {
            _injected.Awake();
        }
    }

    // The end, first part: further injections are refused. What came before still runs, but whoever posts without end must
    // not keep the loop from ending.
    public void Refuse() => _injected.Close();

    // Whether everything that came before has run. Callbacks that call each other for ever are left standing: true as well.
    public bool HasDrained()
    {
        if (Ready.Count == 0 && !_injected.HasItems) return true;
        _drainUntil ??= TotalTurns + MostDrainingTurns;
        return TotalTurns >= _drainUntil;
    }

    // The end, last part: frees what was made for this loop and lives with it, last made first. Clock and driver go when the
    // thread leaves.
    public void Close()
    {
        IsClosed = true;
        while (_owned.TryPop(out var resource)) resource.Dispose();
    }
}
