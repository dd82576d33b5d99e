using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// Sleeps of items in virtual time (L10). The item's member idles in this process on the worker's behalf; the clock's jump
// wakes it, and it holds the clock from that moment, while the message is still on its way to the worker.
internal sealed partial class WorkerPool
{
    private void OnSleep(WorkerSlot slot, MessageKind kind, FrameBody body)
    {
        long id = body.ReadInt64();
        int number = body.ReadInt32();
        Job? job;
        lock (_gate) job = slot.Find(id);
        if (kind == MessageKind.SleepEnd)
        {
            if (job?.Has is not { } sleeping || sleeping.Sleep != number) return;
            sleeping.Sleep = 0;
            sleeping.Member!.Busy();
            return;
        }
        var until = new TimeSpan(body.ReadInt64());
        bool again = body.ReadByte() == 1;
        if (job?.Has is not { Member: { } member } extras)
        {
            // A clock kept beyond its item: nobody's time to wait for.
            SendAwake(slot, id, number);
            return;
        }
        if (again && extras.Sleep != number) return; // it was woken in the meantime
        if (extras.Sleep == 0 || extras.Sleep == number)
        {
            extras.Sleep = number;
            if (member.IdleUntil(until)) Wake(job);
            return;
        }
        // A second thread of the same item sleeps as well: it joins for the length of the sleep.
        ClockMember? second = null;
        second = _virtual!.Join(job.Name, () => WakeSecond(second!));
        if (second.IdleUntil(until)) WakeSecond(second);

        void WakeSecond(ClockMember sleeper)
        {
            SendAwake(slot, id, number);
            sleeper.Dispose();
        }
    }

    // Called on the thread that made the clock jump; the member is busy already.
    private void Wake(Job job)
    {
        int number = job.Extras.Sleep;
        job.Extras.Sleep = 0;
        if (number != 0 && job.Slot is { } slot) SendAwake(slot, job.Id, number);
    }

    private void SendAwake(WorkerSlot slot, long id, int number)
    {
        slot.Outbox.Add((id, number, now: _virtual?.GetTimestamp() ?? 0), static (writer, state) =>
        {
            writer.Begin(MessageKind.Awake);
            writer.Write(state.id);
            writer.Write(state.number);
            writer.Write(state.now);
            writer.End();
        });
        slot.Outbox.Flush();
    }
}
