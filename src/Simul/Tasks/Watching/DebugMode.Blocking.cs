namespace Simul;

// What the watchdog asks, from its own thread, while the loop may be stuck: what runs since when, on which thread, and what was
// cancelled and has not ended. The loop writes plain fields, in this order: context and start, then the callback's number. The
// watchdog reads the number before and after; when both are the same, what it read in between belongs together.
internal sealed partial class DebugMode
{
    private readonly Dictionary<Thread, SynchronizationContext?> _parked = []; // owner: _gate; greenlets that wait, and in which scope
    private readonly List<(LoopScope Scope, long Since)> _cancelled = [];      // owner: _gate; what was cancelled and may not have ended yet
    private volatile Thread? _holder;      // whose turn it is: the loop's thread, or a greenlet's
    private SynchronizationContext? _running;
    private long _runningSince;
    private long _callback;                // odd while a callback runs
    private long _reported;                // owner: the watchdog; the callback it has reported

    public void CallbackBegins(SynchronizationContext? context, long now)
    {
        _holder ??= Thread.CurrentThread;
        _running = context;
        _runningSince = now;
        Volatile.Write(ref _callback, _callback + 1);
    }

    public void CallbackEnds(SynchronizationContext? context)
    {
        Volatile.Write(ref _callback, _callback + 1);
        _running = null;
        if (context is LoopScope { Owner: { IsCompleted: false } task }) _facts.GetOrCreateValue(task).LastRan = _core.Clock.Now;
    }

    public void BatonGoesTo(Thread thread) => _holder = thread;

    public void GreenletParks(Thread thread, SynchronizationContext? scope)
    {
        lock (_gate) _parked[thread] = scope;
    }

    public void GreenletGoesOn(Thread thread)
    {
        lock (_gate) _parked.Remove(thread);
    }

    public void Cancelled(LoopScope scope)
    {
        if (Options.CancelledHeldAfter == Timeout.InfiniteTimeSpan) return;
        lock (_gate) _cancelled.Add((scope, Options.Clock.GetTimestamp()));
    }

    // Called by the watchdog, on its thread.
    public void LookForTrouble()
    {
        LookForBlocking();
        LookForHeldScopes();
    }

    private void LookForBlocking()
    {
        long number = Volatile.Read(ref _callback);
        var (context, since) = (_running, _runningSince);
        if ((number & 1) == 0 || number == _reported || Options.BlockedAfter == Timeout.InfiniteTimeSpan) return;
        var ran = Options.Clock.GetElapsedTime(since);
        if (ran < Options.BlockedAfter || Volatile.Read(ref _callback) != number) return;
        _reported = number;
        bool blocked = _holder is { } holder && (holder.ThreadState & ThreadState.WaitSleepJoin) != 0;
        Say($"blocked: {Describe(context)}, has held the loop for {ran.TotalMilliseconds:F0} ms; its thread {ThreadNames.Of(_holder)} "
            + (blocked ? $"is blocked: it waits for a lock, an event or a sleep. {ParkedGreenlets()}" : "is computing. ")
            + "Await instead of blocking, and give long work to an executor.");
        Telemetry.Events?.LoopBlocked(_core.Name, (context as IStepOwner)?.StepName ?? "a callback", ran.TotalMilliseconds);
    }

    // A C# lock that a greenlet holds while it waits stops the loop when loop code wants it. Who holds a lock cannot be asked;
    // who waits with a stack that may hold one is known.
    private string ParkedGreenlets()
    {
        lock (_gate)
        {
            return _parked.Count == 0 ? "" : "If it waits for a C# lock, a greenlet that waits inside the lock may hold it: "
                + string.Join("; ", _parked.Select(parked => $"{ThreadNames.Of(parked.Key)} of {Describe(parked.Value)}")) + ". ";
        }
    }

    private void LookForHeldScopes()
    {
        List<LoopScope> held = [];
        lock (_gate)
        {
            for (int i = _cancelled.Count - 1; i >= 0; i--)
            {
                var (scope, since) = _cancelled[i];
                bool late = Options.Clock.GetElapsedTime(since) >= Options.CancelledHeldAfter;
                if (!scope.IsClosed && !late) continue;
                _cancelled.RemoveAt(i);
                if (!scope.IsClosed) held.Add(scope);
            }
        }
        // Who holds it is for the loop to see; one that is stuck is reported for that.
        foreach (var scope in held) _core.Inject(new Action<object?>(x => ReportHeld((LoopScope)x!)), scope, _core.Host.RootContext);
    }

    private void ReportHeld(LoopScope scope)
    {
        if (scope.IsClosed || !scope.IsCancelled) return;
        var ready = _core.ReadyContexts();
        // The task whose code is in the scope, and the tasks inside that the cancellation has reached.
        IEnumerable<LoopTask> tasks = TaskTree.TasksIn(scope).Where(static task => task.IsCancelled);
        if (scope is not LoopTask && scope.Owner is { } owner) tasks = tasks.Prepend(owner);
        foreach (var task in tasks)
        {
            if (task.Status != LoopTaskStatus.Running || TaskTree.Waits(task).Any() || TaskTree.IsReady(task, ready)) continue;
            Say($"{scope.Description} was cancelled {Options.CancelledHeldAfter.TotalSeconds:0.###} s ago and is still held: {Describe(task)}, waits{In(task)} for something that no cancellation reaches. "
                + "Give it the scope's Token, or await EventLoop.Interruptible(task).");
        }
    }

    private static string In(LoopTask task) => task.Body is { } body && AwaitChain.NameOf(body) is { } method ? $" in {method}" : "";
}
