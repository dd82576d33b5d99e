namespace Simul;

// What the core asks of whoever stands above it, so that it need not look up.
internal interface ILoopHost
{
    // Where code runs that belongs to no task.
    SynchronizationContext RootContext { get; }

    // A callback threw; the context is the one it ran in. Must not throw.
    void CallbackFailed(Exception error, SynchronizationContext? context);

    // Nothing is ready. Says until when to wait at most, given the next timer (long.MaxValue: none); may instead put callbacks
    // into the ready queue or stop the core.
    IdlePlan Idle(long nextDeadline);
}

// Until when to wait; how much real time to give foreign work before a virtual clock may jump; whether the wait is for others
// on the clock, so that the loop must be asked again when none of them can act any more.
internal readonly record struct IdlePlan(long Until, TimeSpan Grace = default, bool ForOthers = false);
