namespace Simul;

// Where a loop is in its life; see EventLoop.Life.cs.
internal enum LoopPhase
{
    Open,
    Unwinding,
    Finalizing,
    EndingExecutors,
    Draining,
    Closed,
}
