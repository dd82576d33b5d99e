namespace Simul;

internal enum GreenletState
{
    Idle,      // its body has ended, or none has begun; kept for the next one
    Running,   // holds the baton, or waits for a greenlet that it has started itself
    Parked,    // waits to be resumed
    Abandoned, // went on waiting after its loop had ended; sleeps for ever
    Ended,     // its thread is about to end
}
