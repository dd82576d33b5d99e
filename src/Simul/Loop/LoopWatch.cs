namespace Simul;

// Who looks on while a loop runs: debug mode, a recorder, a listener to the event source. A loop that nobody watches has none,
// and runs the turns of LoopCore.RunTurn, which know nothing of it. What it watches for never changes; where somebody begins or
// ceases to listen, another watch takes its place.
//
// Thread safety: installed and taken away from any thread; its methods are called by the baton holder.
internal abstract class LoopWatch
{
    // Whether each callback is timed. Otherwise the watch wants the steps alone, which must cost next to nothing.
    public bool TimesCallbacks { get; protected init; }

    // Whose steps have run since they were last handed on; null where nobody records.
    public StepLog? Steps { get; protected init; }

    // Somebody still listens. Asked now and then: a listener that goes away does not say so in time.
    public abstract bool IsWanted { get; }

    public abstract void TurnBegins(long turn, int callbacks);

    public abstract void CallbackBegins(SynchronizationContext? context);

    public abstract void CallbackEnds(SynchronizationContext? context);

    // The baton goes to this thread: a greenlet's, or the loop's own again.
    public abstract void BatonGoesTo(Thread thread);

    public abstract void GreenletParks(Thread thread, SynchronizationContext? scope);

    public abstract void GreenletGoesOn(Thread thread);

    // The running code is about to block in a wait of the BCL's (Task.Wait, Result).
    public abstract void BlockingWait();
}
