using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Sharing;

// Waiting on a cell until an attempt succeeds, with a thread of one's own or without.
//
// In this order: what can be had is had, then a disposed object, a cancellation, and the end of the time are looked at. So
// nothing that was handed over is lost to a cancellation of the same moment. Who leaves with nothing wakes another: the
// wake-up that came too late for him was perhaps the only one.
internal static class SharedWait
{
    // How long a sleeper trusts that somebody wakes him: he looks by himself when whoever should has died.
    public static readonly TimeSpan FirstLook = TimeSpan.FromMilliseconds(20);
    public static readonly TimeSpan LastLook = TimeSpan.FromMilliseconds(500);

    private const int MostSkipped = 256;
    private const int MostDays = 36_500; // more nanoseconds than a timestamp has room for are no limit

    private static readonly TimeSpan s_withoutVector = TimeSpan.FromMilliseconds(5);
    private static readonly long s_spin = Environment.ProcessorCount > 1 ? (long)(TimeProvider.System.TimestampFrequency * 50e-6) : 0;
    private static bool s_hasVector = true; // until the kernel says no

    [ThreadStatic] private static int t_skip;     // waits left that sleep at once
    [ThreadStatic] private static int t_nextSkip;

    // For tests: as on a kernel without futex_waitv.
    public static bool ForcesPolling { get; set; }

    public static void Check(TimeSpan timeout)
    {
        if (timeout < TimeSpan.Zero && timeout != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(timeout), timeout, "A wait cannot end before it begins. Use zero or more, or Timeout.InfiniteTimeSpan.");
    }

    // False when the time is over. The caller holds the block open.
    public static bool Wait<TAttempt>(SharedObject? owner, WaitCell cell, ref TAttempt attempt, TimeSpan timeout, CancellationToken token)
        where TAttempt : struct, IAttempt
    {
        Check(timeout);
        token.ThrowIfCancellationRequested();
        if (attempt.Try(look: false)) return true;
        if (timeout == TimeSpan.Zero) return attempt.Try(look: true);
        return Spin(ref attempt) || Sleep(owner, cell, ref attempt, timeout, token);
    }

    public static ValueTask<(bool Done, TAttempt Attempt)> WaitAsync<TAttempt>(
        SharedBlock block, SharedObject? owner, WaitCell cell, TAttempt attempt, TimeSpan timeout, CancellationToken token)
        where TAttempt : struct, IAttempt
    {
        Check(timeout);
        if (token.IsCancellationRequested) return ValueTask.FromCanceled<(bool, TAttempt)>(token);
        if (attempt.Try(look: false)) return new((true, attempt));
        if (timeout == TimeSpan.Zero) return new((attempt.Try(look: true), attempt));
        var wait = new PendingWait<TAttempt>(block, owner, cell, attempt, EndOf(timeout), token);
        wait.Start();
        return new(wait.Task);
    }

    // Of the system's timestamps.
    public static long EndOf(TimeSpan timeout) => timeout == Timeout.InfiniteTimeSpan || timeout.TotalDays > MostDays
        ? long.MaxValue
        : TimeProvider.System.GetTimestamp() + (long)(timeout.TotalSeconds * TimeProvider.System.TimestampFrequency);

    public static TimeSpan Left(long end) => end == long.MaxValue
        ? TimeSpan.MaxValue
        : TimeSpan.FromSeconds((double)(end - TimeProvider.System.GetTimestamp()) / TimeProvider.System.TimestampFrequency);

    // Sleeps until one of the words is not what was expected, or the time is over; may return early. The first belongs to the
    // sleeper alone.
    public static unsafe void SleepOnAny(Libc.FutexWaiter* words, int count, TimeSpan timeout)
    {
        if (!ForcesPolling && Volatile.Read(ref s_hasVector))
        {
            if (Libc.FutexWaitAny(words, count, timeout)) return;
            Volatile.Write(ref s_hasVector, false);
        }
        Libc.FutexWait((int*)words[0].Address, (int)words[0].Value, timeout < s_withoutVector || count == 1 ? timeout : s_withoutVector);
    }

    // Looks again and again for 50 us before it sleeps; the less often, the more often that was in vain for this thread: where
    // the processors are busy with others, whoever is waited for only comes to run when we do not.
    private static bool Spin<TAttempt>(ref TAttempt attempt)
        where TAttempt : struct, IAttempt
    {
        if (s_spin == 0) return false;
        if (t_skip > 0)
        {
            t_skip--;
            return false;
        }
        long end = TimeProvider.System.GetTimestamp() + s_spin;
        do
        {
            for (int i = 0; i < 8; i++)
            {
                Thread.SpinWait(4);
                if (!attempt.Try(look: false)) continue;
                t_nextSkip = 0;
                return true;
            }
        }
        while (TimeProvider.System.GetTimestamp() < end);
        t_nextSkip = Math.Clamp(t_nextSkip * 2, 1, MostSkipped);
        t_skip = t_nextSkip;
        return false;
    }

    private static unsafe bool Sleep<TAttempt>(SharedObject? owner, WaitCell cell, ref TAttempt attempt, TimeSpan timeout, CancellationToken token)
        where TAttempt : struct, IAttempt
    {
        int bell = 0;
        var words = stackalloc Libc.FutexWaiter[2];
        words[0] = new() { Address = (ulong)&bell, Flags = Libc.FutexWaiter.Word32 };
        words[1] = new() { Address = (ulong)cell.Word, Flags = Libc.FutexWaiter.Word32 };
        long end = EndOf(timeout);
        var nextLook = FirstLook;
        long look = EndOf(nextLook);
        bool done = false;
        // Disposing the registration waits for a callback under way, which uses the word.
        var registration = token.UnsafeRegister(static word =>
        {
            Interlocked.Exchange(ref *(int*)(nint)word!, 1);
            Libc.FutexWake((int*)(nint)word, 1);
        }, (nint)(&bell));
        cell.Enlist();
        try
        {
            while (true)
            {
                int seen = cell.Events;
                bool mustLook = Left(look) <= TimeSpan.Zero;
                if (done = attempt.Try(mustLook)) return true;
                if (owner is not null) ObjectDisposedException.ThrowIf(owner.IsDisposed, owner);
                token.ThrowIfCancellationRequested();
                var left = Left(end);
                if (left <= TimeSpan.Zero) return false;
                if (mustLook)
                {
                    nextLook = nextLook * 2 < LastLook ? nextLook * 2 : LastLook;
                    look = EndOf(nextLook);
                }
                var sleep = Left(look);
                if (left < sleep) sleep = left;
                if (sleep <= TimeSpan.Zero) continue;
                if (!token.CanBeCanceled) Libc.FutexWait(cell.Word, seen, sleep);
                else
                {
                    words[1].Value = (uint)seen;
                    SleepOnAny(words, 2, sleep);
                }
            }
        }
        finally
        {
            cell.Delist();
            if (!done) cell.Notify(1);
            registration.Dispose();
        }
    }
}
