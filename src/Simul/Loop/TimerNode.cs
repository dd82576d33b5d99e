namespace Simul;

// What can stand in the timer queue. Order is the number of its entry there, kept by the queue; -1: not in it.
internal abstract class TimerNode
{
    internal long Order = -1;

    // It will fire soon, as one of very many.
    internal virtual void Expected()
    {
    }

    // Called on the loop when the time has come. Must only put callbacks into the ready queue, never run user code.
    internal abstract void FireOnLoop();
}
