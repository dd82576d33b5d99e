using System.Runtime.CompilerServices;

namespace Simul.Processes.Sharing;

// A barrier in shared memory: a place for each one who waits, and the number of the phase. Whatever else there is to know
// follows from these, so there is nothing that a death in the middle could leave half done:
//
//   arriving    under the lock: fill a place, its owner last. The last one to come gives every place of this phase its number,
//               then raises the phase: in that moment all have passed.
//   passing     the phase is higher than that of one's place: read its number, free the place.
//   going       under the lock: free the place, if the phase is not over.
//   dying       whoever waits for a look, gets the lock from a dead holder, or is the last one to come, frees the places of
//               the dead: their arrivals are taken back. No phase ends with one of them.
//
// A place belongs to its waiter until he frees it, also over the end of the phase; nobody else frees it while he lives.
// Reset raises a number that places carry, so that those of before count no more. There are two places for each participant,
// because some of the last phase may not have looked up when all of the next are there; where even that is not enough, who
// comes waits before he arrives.
internal readonly unsafe struct BarrierState(byte* at, int participants)
{
    public const int HeadSize = 128;
    public const int BytesPerParticipant = 2 * PlaceSize;

    private const int PlaceSize = 32;
    private const int NoNumber = -1;

    private struct Place
    {
        public ulong Owner; // 0: free
        public long Phase;
        public long Arrival;
        public int Resets;
        public int Number;
    }

    private RobustLock Lock => new(at);

    public WaitCell Cell => new((int*)(at + RobustLock.Size));

    private ref long PhaseWord => ref Unsafe.AsRef<long>(at + 72);

    private ref int ResetsWord => ref Unsafe.AsRef<int>(at + 80);

    private ref int BrokenWord => ref Unsafe.AsRef<int>(at + 84);

    private ref long LastArrival => ref Unsafe.AsRef<long>(at + 88);

    private Span<Place> Places => new(at + HeadSize, 2 * participants);

    public long Phase => Volatile.Read(ref PhaseWord);

    public int Resets => Volatile.Read(ref ResetsWord);

    public bool IsBroken => Volatile.Read(ref BrokenWord) != 0;

    public int CountArrived()
    {
        int arrived = 0;
        foreach (ref var place in Places) arrived += IsOfThisPhase(place) ? 1 : 0;
        return arrived;
    }

    // The index of the place; -1 if there is none yet, -2 if the barrier is broken.
    public int TryArrive(bool look)
    {
        Take();
        try
        {
            if (look) FreeTheDead();
            if (IsBroken) return -2;
            var places = Places;
            int index = 0;
            while (index < places.Length && places[index].Owner != 0) index++;
            if (index == places.Length) return -1;
            ref var mine = ref places[index];
            mine.Phase = PhaseWord;
            mine.Resets = ResetsWord;
            mine.Number = NoNumber; // for good, if a reset comes before the end of the phase
            mine.Arrival = ++LastArrival;
            Volatile.Write(ref mine.Owner, ProcessIdentity.Current.Word);
            if (CountArrived() == participants)
            {
                FreeTheDead(); // about 10 us for each other process; else the living would pass with one of them
                if (CountArrived() == participants) EndPhase();
            }
            return index;
        }
        finally
        {
            Release();
        }
    }

    public bool HasPassed(int index, out int number)
    {
        ref var mine = ref Places[index];
        bool hasPassed = Phase > mine.Phase && mine.Number != NoNumber;
        number = mine.Number;
        return hasPassed;
    }

    public int ResetsOf(int index) => Places[index].Resets;

    public void Free(int index)
    {
        Interlocked.Exchange(ref Places[index].Owner, 0);
        Cell.Notify(1); // somebody may wait for a place
    }

    // False if the phase has ended.
    public bool TryTakeBack(int index)
    {
        Take();
        try
        {
            if (HasPassed(index, out _)) return false;
            Volatile.Write(ref Places[index].Owner, 0);
            return true;
        }
        finally
        {
            Release();
        }
    }

    public void FreeTheDeadNow()
    {
        Take();
        FreeTheDead();
        Release();
    }

    public void Reset()
    {
        Take();
        Volatile.Write(ref BrokenWord, 0);
        Volatile.Write(ref ResetsWord, ResetsWord + 1);
        Release();
        Cell.Notify(int.MaxValue);
    }

    public void Abort()
    {
        Take();
        Volatile.Write(ref BrokenWord, 1);
        Release();
        Cell.Notify(int.MaxValue);
    }

    private bool IsOfThisPhase(in Place place) => Volatile.Read(in place.Owner) != 0 && place.Phase == PhaseWord && place.Resets == ResetsWord;

    private void EndPhase()
    {
        var places = Places;
        foreach (ref var place in places)
        {
            if (!IsOfThisPhase(place)) continue;
            int number = 0;
            foreach (ref var other in places) number += IsOfThisPhase(other) && other.Arrival < place.Arrival ? 1 : 0;
            place.Number = number;
        }
        Volatile.Write(ref PhaseWord, PhaseWord + 1); // all pass here
        Interlocked.MemoryBarrier();
        Cell.Notify(int.MaxValue);
    }

    private void FreeTheDead()
    {
        ulong alive = ProcessIdentity.Current.Word; // asked once for many places of one process
        foreach (ref var place in Places)
        {
            ulong owner = Volatile.Read(ref place.Owner);
            if (owner == 0 || owner == alive) continue;
            if (new ProcessIdentity(owner).IsAlive()) alive = owner;
            else Volatile.Write(ref place.Owner, 0);
        }
    }

    private void Take()
    {
        Lock.Take();
        if (Lock.WasAbandoned) FreeTheDead();
    }

    private void Release() => Lock.Release();
}
