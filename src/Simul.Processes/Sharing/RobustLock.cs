using System.Runtime.CompilerServices;

namespace Simul.Processes.Sharing;

// A lock between processes that survives its holder. One word says who holds it, pid and start in one, so taking the lock and
// saying who has it are one instruction and there is no moment in between.
//
//   Owner       may become     by                                         who dies there
//   0           me             CAS                                        nothing has happened
//   me          0              exchange; then a sleeper is woken          before: the lock is abandoned; after: sleepers look
//                                                                         by themselves (WaitCell)
//   the dead    me             CAS, by who has waited for a look and      as in any hold
//                              found that the owner is dead; Abandoned=1
//
// A dead owner's word cannot come back, so of many who find him dead one gets the lock. An exclusion of processes and of
// threads alike: it does not ask who within the process holds it. Not fair: whoever comes first after a release has it.
internal readonly unsafe struct RobustLock(byte* at)
{
    public const int Size = 64;

    private ref ulong OwnerWord => ref Unsafe.AsRef<ulong>(at);

    private ref int Abandoned => ref Unsafe.AsRef<int>(at + 16);

    public WaitCell Cell => new((int*)(at + 8));

    public ProcessIdentity Owner => new(Volatile.Read(ref OwnerWord));

    // For the holder: whether he has it from one who died with it.
    public bool WasAbandoned => Volatile.Read(ref Abandoned) != 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public bool TryTake()
    {
        if (Volatile.Read(ref OwnerWord) != 0 || Interlocked.CompareExchange(ref OwnerWord, ProcessIdentity.Current.Word, 0) != 0) return false;
        if (Abandoned != 0) Volatile.Write(ref Abandoned, 0);
        return true;
    }

    public bool TryTake(bool look) => TryTake() || look && TryTakeFromTheDead();

    public void Release()
    {
        Interlocked.Exchange(ref OwnerWord, 0);
        Cell.Notify(1);
    }

    // For our own short steps: nobody holds it for longer than a copy takes, or he is dead.
    public void Take()
    {
        if (TryTake()) return;
        var attempt = new Attempt(this);
        SharedWait.Wait(null, Cell, ref attempt, Timeout.InfiniteTimeSpan, CancellationToken.None);
    }

    private bool TryTakeFromTheDead()
    {
        var owner = Owner;
        if (owner.Word == 0 || owner.IsAlive() || Interlocked.CompareExchange(ref OwnerWord, ProcessIdentity.Current.Word, owner.Word) != owner.Word) return false;
        Volatile.Write(ref Abandoned, 1);
        return true;
    }

    public readonly struct Attempt(RobustLock taken) : IAttempt
    {
        public bool Try(bool look) => taken.TryTake(look);
    }
}
