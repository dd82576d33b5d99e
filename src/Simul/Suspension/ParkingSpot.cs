namespace Simul;

// Where one thread waits until another gives it the baton: a binary signal for one waiter.
//
//   word         Signal                  Wait
//   Empty        -> Signalled            -> Asleep, sleeps
//   Asleep       -> Signalled, wakes
//   Signalled    (never twice)           -> Empty, goes on
//
// On Linux a futex: a signal to somebody who is still awake is one exchange, and a wait sleeps at once, with no lock to be
// had again on waking (Monitor: nine times as long) and no spinning of its own (SemaphoreSlim: as fast for a pair of threads,
// but four times as long for a hundred, which get in each other's way). Measured in decision 13; bench suspend, greenlets.
// Elsewhere SemaphoreSlim.
// Thread safety: Wait belongs to the spot's own thread, Signal to the baton holder.
internal sealed class ParkingSpot
{
    private const int Empty = 0, Signalled = 1, Asleep = -1;

    private readonly FutexWord? _futex;
    private readonly SemaphoreSlim? _semaphore;

    public ParkingSpot(bool portable = false)
    {
        if (!portable && FutexWord.IsSupported) _futex = new FutexWord();
        else _semaphore = new SemaphoreSlim(0);
    }

    public void Signal()
    {
        if (_futex is null) _semaphore!.Release();
        else if (Interlocked.Exchange(ref _futex.Value, Signalled) == Asleep) _futex.Wake();
    }

    // Sleeps until signalled.
    public void Wait()
    {
        if (_futex is null)
        {
            _semaphore!.Wait();
            return;
        }
        ref int word = ref _futex.Value;
        if (Interlocked.CompareExchange(ref word, Asleep, Empty) == Empty)
        {
            while (Volatile.Read(ref word) == Asleep) _futex.Wait(Asleep);
        }
        Volatile.Write(ref word, Empty);
    }

    // Whether a Wait would go on at once.
    public bool IsSignalled => _futex is null ? _semaphore!.CurrentCount > 0 : Volatile.Read(ref _futex.Value) == Signalled;
}
