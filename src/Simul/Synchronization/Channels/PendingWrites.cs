using System.Runtime.CompilerServices;

namespace Simul;

// Writers in line, each with its item. Who gives up takes the item out again.
internal sealed class PendingWrites<T>(LoopChannel<T> channel) : WaiterQueue(channel)
{
    public override void Withdraw(Waiter waiter)
    {
        Remove(waiter);
        channel.ReportUndelivered(Unsafe.As<Waiter<T>>(waiter).TakeOffer());
    }
}
