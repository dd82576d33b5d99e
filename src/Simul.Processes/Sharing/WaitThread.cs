using System.Runtime.InteropServices;
using Simul.Processes.Interop.Linux;

namespace Simul.Processes.Sharing;

// One thread that waits for everybody in this process who waits without a thread: it sleeps on the words of up to 127 cells at
// once (futex_waitv), and on a bell of its own for new waits, cancellations and disposals. Any number of waits share the word
// of a cell. Where there are more cells there are more threads; all but the first end when they have nothing left to do.
//
//   a round    take new waits in -> for each cell: enlist if it is new, note its events, let each wait try, in their order ->
//              leave the cells that nobody waits at -> finish the waits that have ended -> sleep
internal sealed unsafe class WaitThread
{
    private const int MostCells = 127;

    private static readonly Lock s_gate = new();
    private static readonly List<WaitThread> s_threads = []; // owner: s_gate

    private readonly Dictionary<nint, int> _cells = [];      // owner: s_gate; waits for each word, the new ones too
    private readonly List<PendingWait> _new = [];            // owner: s_gate
    private readonly Dictionary<nint, Place> _places = [];   // owner: the thread
    private readonly List<PendingWait> _ended = [];          // owner: the thread
    private readonly int* _bell = (int*)NativeMemory.AllocZeroed(sizeof(int)); // never freed: a late Ring may come

    private sealed class Place(WaitCell cell)
    {
        public readonly WaitCell Cell = cell;
        public readonly List<PendingWait> Waits = [];
        public int Seen;
    }

    public static WaitThread Add(PendingWait wait)
    {
        WaitThread? thread;
        lock (s_gate)
        {
            nint word = (nint)wait.Cell.Word;
            thread = s_threads.Find(t => t._cells.ContainsKey(word)) ?? s_threads.Find(t => t._cells.Count < MostCells);
            if (thread is null)
            {
                s_threads.Add(thread = new WaitThread());
                new Thread(thread.Run, 256 * 1024) { IsBackground = true, Name = "simul shared waits" }.UnsafeStart();
            }
            CollectionsMarshal.GetValueRefOrAddDefault(thread._cells, word, out _)++;
            thread._new.Add(wait);
        }
        thread.Ring();
        return thread;
    }

    public void Ring()
    {
        Interlocked.Increment(ref *_bell);
        Libc.FutexWake(_bell, 1);
    }

    private void Run()
    {
        var words = stackalloc Libc.FutexWaiter[MostCells + 1];
        var nextLook = SharedWait.FirstLook;
        long look = SharedWait.EndOf(nextLook);
        while (true)
        {
            int rung = Volatile.Read(ref *_bell);
            if (TakeNew())
            {
                nextLook = SharedWait.FirstLook;
                look = SharedWait.EndOf(nextLook);
            }
            bool mustLook = SharedWait.Left(look) <= TimeSpan.Zero;
            long end = Try(mustLook);
            if (mustLook)
            {
                nextLook = nextLook * 2 < SharedWait.LastLook ? nextLook * 2 : SharedWait.LastLook;
                look = SharedWait.EndOf(nextLook);
            }
            if (Finish() && TryEnd()) return;

            words[0] = new() { Value = (uint)rung, Address = (ulong)_bell, Flags = Libc.FutexWaiter.Word32 };
            int count = 1;
            foreach (var place in _places.Values) words[count++] = new() { Value = (uint)place.Seen, Address = (ulong)place.Cell.Word, Flags = Libc.FutexWaiter.Word32 };
            var sleep = count == 1 ? TimeSpan.FromDays(1) : SharedWait.Left(Math.Min(look, end));
            if (sleep > TimeSpan.Zero) SharedWait.SleepOnAny(words, count, sleep);
        }
    }

    private bool TakeNew()
    {
        lock (s_gate)
        {
            foreach (var wait in _new)
            {
                nint word = (nint)wait.Cell.Word;
                if (!_places.TryGetValue(word, out var place))
                {
                    _places.Add(word, place = new Place(wait.Cell));
                    place.Cell.Enlist();
                }
                place.Waits.Add(wait);
            }
            bool any = _new.Count > 0;
            _new.Clear();
            return any;
        }
    }

    // Returns when the first of the remaining waits runs out of time.
    private long Try(bool look)
    {
        long end = long.MaxValue;
        foreach (var (word, place) in _places)
        {
            place.Seen = place.Cell.Events;
            int kept = 0;
            for (int i = 0; i < place.Waits.Count; i++)
            {
                var wait = place.Waits[i];
                if (wait.TryEnd(look))
                {
                    _ended.Add(wait);
                    continue;
                }
                place.Waits[kept++] = wait;
                end = Math.Min(end, wait.End);
            }
            place.Waits.RemoveRange(kept, place.Waits.Count - kept);
            if (kept > 0) continue;
            _places.Remove(word);
            place.Cell.Delist();
            // The wake-up that brought us here may have been meant for somebody who is left.
            place.Cell.Notify(1);
        }
        return end;
    }

    // True if any has ended.
    private bool Finish()
    {
        if (_ended.Count == 0) return false;
        lock (s_gate)
        {
            foreach (var wait in _ended)
            {
                nint word = (nint)wait.Cell.Word;
                if (--CollectionsMarshal.GetValueRefOrNullRef(_cells, word) == 0) _cells.Remove(word);
            }
        }
        foreach (var wait in _ended) wait.Finish();
        _ended.Clear();
        return true;
    }

    private bool TryEnd()
    {
        lock (s_gate)
        {
            if (_cells.Count > 0 || s_threads[0] == this) return false;
            return s_threads.Remove(this);
        }
    }
}
