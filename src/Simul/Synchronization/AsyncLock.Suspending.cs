using System.Diagnostics;

namespace Simul;

// What a condition needs of its lock: a hold is put aside and comes back as the same one, so that the holder's struct, far up
// in some using, is as good after the wait as before.
//
//   hold N on --Suspend--> hold N nowhere, the lock is free or another's --Return--> in line --> hold N on
public sealed partial class AsyncLock
{
    // Whether the code that runs in this scope holds the lock: its task took it.
    internal bool IsHeldIn(LoopScope scope) => _hold != 0 && _holder!.Owner == scope.Owner;

    // The waiter takes the hold along, and the lock goes to the next.
    internal void Suspend(Waiter<AsyncLockHold> waiter)
    {
        Debug.Assert(_hold != 0, "Only a hold that is on can be suspended.");
        waiter.Offer(new AsyncLockHold(this, _hold));
        HandOver();
    }

    // A waiter with a suspended hold wants it back, first come first served like everybody. It stands in line then, or has its
    // hold already if the lock was free.
    internal void Return(Waiter<AsyncLockHold> waiter, bool cancelled)
    {
        if (_hold == 0)
        {
            TryGiveBack(waiter);
            return;
        }
        waiter.Commit(cancelled);
        _waiters.Add(waiter);
    }

    // A wait that was begun and never awaited ends with its task, where nobody would ever release what it brought.
    private bool TryGiveBack(Waiter<AsyncLockHold> waiter)
    {
        var hold = waiter.TakeOffer();
        if (waiter.Scope.IsClosed || waiter.Scope.Owner is { IsCompleted: true }) return false;
        _holder = waiter.Scope;
        _hold = hold.Number;
        return true;
    }
}
