namespace Simul;

// What can stand in the timer queue. Index is its place there, kept by the queue; -1: not in it.
internal abstract class TimerNode
{
    internal int Index = -1;

    // Called on the loop when the time has come. Must only put callbacks into the ready queue, never run user code.
    internal abstract void FireOnLoop();
}
