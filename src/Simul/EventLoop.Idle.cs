namespace Simul;

// What happens when nothing is ready: the end of the shutdown, waits for quiet, stalls.
public sealed partial class EventLoop
{
    private static readonly long s_stallReport = TimeSpan.FromSeconds(1).Ticks;

    private readonly WaiterQueue _allBlocked = new("all other tasks to be blocked");
    private long _quietProbed = -1; // the turn after which the clock was asked whether everybody on it is idle too
    private long? _idleSince;    // when the loop was found waiting for foreign work alone
    private long _idleTurn;      // in which turn that was
    private bool _stallReported; // the wait for foreign work was reported
    private bool _abandoned;     // some still wait where no cancellation reaches
    private bool _stalled;       // every task was cancelled because nothing could happen any more
    private int _held;           // interlocked: HoldOpen

    /// <summary>Tells the loop that somebody outside will post to it, so that waiting for that is not a stall.</summary>
    /// <returns>Dispose it when nothing more will come. Thread-safe.</returns>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public IDisposable HoldOpen()
    {
        if (_core.IsClosed) throw new EventLoopClosedException(Name);
        Interlocked.Increment(ref _held);
        return new Hold(this);
    }

    /// <summary>Waits until every other task is blocked and nothing is ready. Under virtual time this comes before the clock
    /// jumps. A checkpoint. For tests.</summary>
    /// <returns>Ends when all is quiet.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    public static ValueTask WaitAllBlockedAsync()
    {
        var loop = Current;
        loop._quietProbed = -1;
        return LoopScope.Require().WaitIn(loop._allBlocked);
    }

    IdlePlan ILoopHost.Idle(long nextDeadline)
    {
        if (_allBlocked.Count > 0)
        {
            if (_quietProbed == _core.TotalTurns || !_core.Clock.OthersMayAct)
            {
                GrantAllBlocked();
                return default;
            }
            // Others share the clock: idle until now, which comes once they are idle too. Where their work wakes the loop
            // first, it has to ask again.
            _quietProbed = _core.TotalTurns;
            return new IdlePlan(_core.Clock.Now);
        }
        if (_phase != LoopPhase.Open && PhaseIsOver())
        {
            _core.Stop();
            return default;
        }
        if (_phase == LoopPhase.Open && Group is { } group && group.TryTakeOver(this)) return default;
        if (nextDeadline != long.MaxValue)
        {
            _idleSince = null;
            bool wantsGrace = _options.AutoAdvanceGrace > TimeSpan.Zero && _core.Clock.Provider is VirtualTimeProvider && TaskTree.WaitsForForeignWork(_root);
            return new IdlePlan(nextDeadline, wantsGrace ? _options.AutoAdvanceGrace : default);
        }
        if (Volatile.Read(ref _held) > 0 || Volatile.Read(ref _core.AsyncVoids) > 0 || _core.Driver.HasPendingIo) return new IdlePlan(long.MaxValue);
        if (_core.Clock.OthersMayAct) return new IdlePlan(long.MaxValue, ForOthers: true);
        // A server's main task: it waits to be cancelled, by the token given to Run or by Ctrl+C.
        if (_cancellable && !_root.IsCancelled && TaskTree.WaitsForCancellation(_root)) return new IdlePlan(long.MaxValue);
        if (!TaskTree.WaitsForForeignWork(_root))
        {
            Stall();
            return default;
        }
        return new IdlePlan(ReportForeignWait());
    }

    private void GrantAllBlocked()
    {
        _quietProbed = -1;
        while (_allBlocked.TakeFirst() is { } waiter) waiter.Grant();
    }

    // Every task waits for another, and nobody is left to wake them.
    private void Stall()
    {
        if (_asksOnly) throw StallReport.Of(Name, _root);
        if (_stalled)
        {
            // Cancelled already, and still waiting where no cancellation reaches: the loop, or its host, goes on without them.
            _abandoned = true;
            if (_endsWithMain) RequestEndOnLoop();
            else _core.Stop();
            return;
        }
        _stalled = true;
        var stall = StallReport.Of(Name, _root);
        Telemetry.Events?.LoopStalled(Name, string.Join("; ", stall.Cycles.Count > 0 ? stall.Cycles : stall.Waits));
        _unhandled.Add(stall);
        // Where the loop outlives its main task, so do the other tasks: its host may yet wake them.
        LoopScope stuck = _endsWithMain || _main is null ? _root : _main;
        stuck.CancelOnLoop("the loop is stalled");
    }

    // Foreign work may come back at any time, so the loop waits; but it says so once, after a second without a turn. Under
    // virtual time it is silent: that clock has no second to measure, and waiting for a job of an engine is ordinary there.
    private long ReportForeignWait()
    {
        if (_stallReported || _core.Clock.Provider is VirtualTimeProvider) return long.MaxValue;
        long now = _core.Clock.Now;
        if (_idleSince is null || _idleTurn != _core.TotalTurns) (_idleSince, _idleTurn) = (now, _core.TotalTurns);
        if (now - _idleSince < s_stallReport) return _idleSince.Value + s_stallReport;
        _stallReported = true;
        Log($"{Name} has waited for a second for foreign work alone:{Environment.NewLine}{TaskTree.Of(_root)}");
        return long.MaxValue;
    }

    private sealed class Hold(EventLoop loop) : IDisposable
    {
        private int _released;

        public void Dispose()
        {
            if (Interlocked.Exchange(ref _released, 1) != 0) return;
            // The loop may sleep without a deadline: it must look again.
            if (Interlocked.Decrement(ref loop._held) == 0) loop._core.Inject(new Action<object?>(static _ => { }), null, loop._root);
        }
    }
}
