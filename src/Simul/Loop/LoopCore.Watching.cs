using System.Runtime.CompilerServices;

namespace Simul;

// The turns of a loop that somebody watches, kept apart from RunTurn: what looks on costs nothing where nobody does. Each
// method here runs a turn as RunTurn does.
internal sealed partial class LoopCore
{
    // Null: nobody watches. Read once a turn; set by the face, or by the event source from the thread that switches it on.
    public LoopWatch? Watch;

    public int TotalEndedTasks; // loop tasks that have ended; those alive are the difference to TotalTasks

    public void RunTurnWatched(LoopWatch watch)
    {
        if (watch.TimesCallbacks) RunTurnTimed(watch);
        else if (watch.Steps is { } steps) RunTurnRecorded(steps);
        else RunTurn();
        if (Ready.Count > 0) return;
        // Before it waits: the stretch ends here.
        watch.Steps?.Flush(Clock.Now);
        if (!watch.IsWanted) Interlocked.CompareExchange(ref Watch, null, watch);
    }

    // The contexts of all that is ready. Takes everything out and puts it back, in the same order.
    public HashSet<SynchronizationContext> ReadyContexts()
    {
        HashSet<SynchronizationContext> contexts = [];
        List<(object State, SynchronizationContext? Context)> entries = [];
        Ready.MoveTo(entries, Ready.Count);
        foreach (var (state, context) in entries)
        {
            Ready.PushEntry(state, context);
            if (context is not null) contexts.Add(context);
        }
        return contexts;
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunTurnRecorded(StepLog steps)
    {
        while (true)
        {
            while (_chunkLeft > 0)
            {
                _chunkLeft--;
                StepBudget = FullStepBudget;
                object state = Ready.Pop(out var context);
                steps.Add(context, _lastLook);
                if (EntryContext != context || ContextChanged) Enter(context);
                RunEntry(state, context);
            }
            if (!NextChunk(steps)) return;
        }
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void RunTurnTimed(LoopWatch watch)
    {
        watch.TurnBegins(TotalTurns, _turnLeft + _chunkLeft);
        while (true)
        {
            while (_chunkLeft > 0)
            {
                _chunkLeft--;
                StepBudget = FullStepBudget;
                object state = Ready.Pop(out var context);
                watch.Steps?.Add(context, _lastLook);
                if (EntryContext != context || ContextChanged) Enter(context);
                watch.CallbackBegins(context);
                try
                {
                    RunEntry(state, context);
                }
                finally
                {
                    watch.CallbackEnds(context);
                }
            }
            if (!NextChunk(watch.Steps)) return;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void RunEntry(object state, SynchronizationContext? context)
    {
        if (state.GetType() == typeof(Action)) Unsafe.As<Action>(state)();
        else if (!ReadyQueue.IsItem(state) && state != context) ReadyQueue.RunUsual(state);
        else RunBare(state);
    }

    // False when the turn is over.
    private bool NextChunk(StepLog? steps)
    {
        if (_turnLeft == 0) return false;
        if (_stretchLeft <= 0)
        {
            LookAround();
            steps?.Flush(_lastLook);
        }
        _chunkLeft = Math.Min(_turnLeft, _stretchLeft);
        _turnLeft -= _chunkLeft;
        _stretchLeft -= _chunkLeft;
        return true;
    }

    // Fires what is due. How late the first of them is noticed is measured where somebody listens to that; once for all that
    // are found due together, since they are found by one look.
    private void FireTimers(long now)
    {
        if (Telemetry.RecordLateness is { } record && Timers.NextDeadline <= now) record(Name, now - Timers.NextDeadline);
        Timers.FireDue(now);
    }
}
