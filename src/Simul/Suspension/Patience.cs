namespace Simul;

// Watches for a signal for a while before its thread sleeps. It stops by itself where it does not pay: each failure doubles the
// number of waits that sleep at once before it is tried again, so that what is lost stays below a hundredth.
//
// With several processors it spins: the other side runs beside it, and waking a sleeper there costs many times a short step
// (decision 13). With one it yields the processor once, for the other side is next in line; that saves a sleep and a wake.
internal struct Patience
{
    // What Thread.SpinWait(1) takes; .NET normalizes it on each machine.
    private const double NanosecondsASpin = 37;
    private const int MostSkipped = 128;
    private const int Fraction = 4;

    private int _skip;   // waits left that sleep at once
    private int _nextSkip;

    public static int SpinsIn(TimeSpan time) => Environment.ProcessorCount > 1 ? (int)(time.TotalNanoseconds / NanosecondsASpin) : 0;

    // Returns early when the signal has come or somebody else is at turn.
    public void Watch(ParkingSpot spot, int spins, GreenletPool pool, GreenletThread lone)
    {
        if (_skip > 0)
        {
            _skip--;
            return;
        }
        if (spins == 0) Thread.Yield();
        int spun = 0;
        while (spun < spins && !spot.IsSignalled && pool.LastResumed == lone)
        {
            Thread.SpinWait(1);
            spun++;
        }
        // A signal that came late would have been had for less asleep: the other side may have waited for this very processor.
        if (spun <= spins / Fraction && spot.IsSignalled)
        {
            _nextSkip = 0;
            return;
        }
        _nextSkip = Math.Clamp(_nextSkip * 2, 1, MostSkipped);
        _skip = _nextSkip;
    }
}
