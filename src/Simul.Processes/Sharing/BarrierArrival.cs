namespace Simul.Processes.Sharing;

// One who comes to a barrier: first he has to find a place, then he waits for the end of the phase.
internal sealed class BarrierArrival(BarrierState state, string title)
{
    private int _index = -1; // -1: has no place

    public int Place { get; private set; }

    // When the wait ends in an exception: true if the phase has ended all the same; else the arrival is taken back.
    public bool HasPassedOrTakenBack()
    {
        if (_index < 0 || state.TryTakeBack(_index)) return false;
        Pass();
        return true;
    }

    private bool TryPass(bool look)
    {
        bool isNew = _index < 0;
        if (isNew)
        {
            _index = state.TryArrive(look);
            if (_index == -2) throw Broken("was aborted");
            if (_index < 0) return false;
        }
        // In this order: what was broken after the phase has ended is no concern of those who were in it.
        bool isBroken = state.IsBroken, isReset = state.Resets != state.ResetsOf(_index);
        if (state.HasPassed(_index, out _))
        {
            Pass();
            return true;
        }
        if (isBroken) throw Broken("was aborted");
        if (isReset) throw Broken("was reset while this one waited at it");
        if (look && !isNew) state.FreeTheDeadNow();
        return false;
    }

    private void Pass()
    {
        state.HasPassed(_index, out int number);
        Place = number;
        state.Free(_index);
        _index = -1;
    }

    private BrokenBarrierException Broken(string what) =>
        new($"{title} {what}, so its participants will never be complete. Reset makes it usable again.");

    public readonly struct Attempt(BarrierArrival arrival) : IAttempt
    {
        public bool Try(bool look) => arrival.TryPass(look);
    }
}
