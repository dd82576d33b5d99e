namespace Simul;

// The outcome of a wait without a value of its own: a Try.
internal sealed class SuspendedWait : SuspendedResult;

// A wait that brings a value, for Suspend, which knows no type.
internal interface ISuspendedWait
{
    bool IsReady { get; }

    void Register(Action resume);

    // Takes the result; raises what the wait failed with.
    void Take();
}
