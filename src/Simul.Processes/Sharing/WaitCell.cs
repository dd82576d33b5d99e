using System.Runtime.CompilerServices;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Sharing;

// Two words in shared memory: how often something has happened here, and how many sleep until it does.
//
//   who waits                      who has changed something
//   Sleepers++   (full fence)      changes it   (Interlocked: full fence)
//   seen = Events                  if (Sleepers > 0) { Events++; wake }
//   look whether it is so; if not
//   sleep if Events is still seen
//
// Either the one sees that somebody sleeps, or the other sees the change (Dekker); and a change behind the look has moved
// Events, so that the sleep ends at once.
//
// Who dies between his change and the wake-up leaves sleepers asleep: each looks again by itself, after 20 ms at first, at
// last twice a second. Who dies asleep leaves Sleepers too high: a change then costs a call to the kernel, no more.
internal readonly unsafe struct WaitCell(int* at)
{
    public int* Word => at;

    public int Events => Volatile.Read(ref Unsafe.AsRef<int>(at));

    private ref int Sleepers => ref Unsafe.AsRef<int>(at + 1);

    public void Enlist() => Interlocked.Increment(ref Sleepers);

    public void Delist() => Interlocked.Decrement(ref Sleepers);

    // Whoever calls has changed something by an Interlocked operation.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Notify(int count)
    {
        if (Volatile.Read(ref Sleepers) != 0) Wake(count);
    }

    // Also those who have nothing to wait for any more.
    public void WakeAll() => Wake(int.MaxValue);

    private void Wake(int count)
    {
        Interlocked.Increment(ref Unsafe.AsRef<int>(at));
        Libc.FutexWake(at, count);
    }
}
