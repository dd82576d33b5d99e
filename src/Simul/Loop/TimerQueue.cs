using System.Diagnostics;

namespace Simul;

// Deadlines in order. Equal deadlines fire in the order in which they were set, except that scope deadlines come after everything
// else of the same moment: what is ready at the deadline wins over the deadline.
//
// New timers go into a small heap, the young ones. When it is full it is sorted and put aside as a run; the next to fire is the
// least of the heap's top and the runs' fronts, which stand in a heap of their own. So the memory touched stays within the
// second-level cache however many sleep: with a million in one heap each timer cost ten cache misses, twice the time (bench
// sleepers, overshoot). Few timers never see a run.
//
// A timer that is removed stays as a dead entry until it comes to the front, or until the dead outnumber the living: then they
// are swept out. So nothing needs to know its place, and moving an entry touches no timer. The price: at most as many dead
// entries as living ones, and a few more. An entry is alive while its timer bears its order; those at the two fronts always are.
// Owner: the loop's baton holder.
internal sealed class TimerQueue
{
    private const int Young = 4096;
    private const int FewDead = 64;
    private const long Late = 1L << 62;

    private TimerEntry[] _young = new TimerEntry[16];
    private int _youngCount; // the dead included
    private TimerFront[] _runs = [];
    private int _runCount;
    private int _aside;      // entries in runs, the dead included
    private TimerEntry[]? _spare;
    private long _order;

    // The living.
    public int Count { get; private set; }

    public long NextDeadline
    {
        get
        {
            long next = _youngCount > 0 ? _young[0].When : long.MaxValue;
            return _runCount > 0 ? Math.Min(next, _runs[0].When) : next;
        }
    }

    public void Add(TimerNode node, long when, bool late = false)
    {
        Debug.Assert(node.Order < 0, "A timer is in the queue once at most.");
        node.Order = late ? _order++ | Late : _order++;
        if (_youngCount == _young.Length) MakeRoom();
        MomentHeap<TimerEntry>.SiftUp(_young, _youngCount++, new TimerEntry(when, node.Order, node));
        Count++;
    }

    public bool Remove(TimerNode node)
    {
        if (node.Order < 0) return false;
        node.Order = -1;
        Count--;
        if (_youngCount > 0 && !_young[0].IsAlive) RemoveYoungest();
        else if (_runCount > 0 && !_runs[0].Run.Front.IsAlive) RemoveFront();
        else if (_youngCount + _aside - Count > Count + FewDead) SweepOut();
        return true;
    }

    // Fires everything due; returns how many.
    public int FireDue(long now)
    {
        int fired = 0;
        while (NextDeadline <= now && Count > 0)
        {
            bool young = _youngCount > 0 && (_runCount == 0 || _young[0].Before(_runs[0]));
            var node = young ? _young[0].Node : _runs[0].Run.Front.Node;
            node.Order = -1;
            Count--;
            if (young) RemoveYoungest();
            else RemoveFront();
            node.FireOnLoop();
            fired++;
        }
        return fired;
    }

    private void MakeRoom()
    {
        if (_young.Length < Young)
        {
            Array.Resize(ref _young, _young.Length * 2);
            return;
        }
        SweepYoung();
        if (_youngCount <= Young / 2) return;
        _young.AsSpan(0, _youngCount).Sort();
        if (_runCount == _runs.Length) Array.Resize(ref _runs, Math.Max(4, _runCount * 2));
        _aside += _youngCount;
        MomentHeap<TimerFront>.SiftUp(_runs, _runCount++, new TimerFront(new TimerRun(_young, _youngCount)));
        _young = _spare ?? new TimerEntry[Young];
        _spare = null;
        _youngCount = 0;
    }

    // The youngest heap's top goes, and the dead that come up behind it.
    private void RemoveYoungest()
    {
        do
        {
            var last = _young[--_youngCount];
            _young[_youngCount] = default;
            if (_youngCount == 0) return;
            MomentHeap<TimerEntry>.SiftDown(_young, _youngCount, 0, last);
        }
        while (!_young[0].IsAlive);
    }

    // The first run's front goes, and the dead that come up behind it.
    private void RemoveFront()
    {
        do
        {
            var run = _runs[0].Run;
            _aside--;
            if (run.MoveOn())
            {
                MomentHeap<TimerFront>.SiftDown(_runs, _runCount, 0, new TimerFront(run));
                continue;
            }
            _spare ??= run.Entries;
            var last = _runs[--_runCount];
            _runs[_runCount] = default;
            if (_runCount == 0) return;
            MomentHeap<TimerFront>.SiftDown(_runs, _runCount, 0, last);
        }
        while (!_runs[0].Run.Front.IsAlive);
    }

    private void SweepYoung()
    {
        int alive = 0;
        for (int i = 0; i < _youngCount; i++)
        {
            if (_young[i].IsAlive) _young[alive++] = _young[i];
        }
        Array.Clear(_young, alive, _youngCount - alive);
        _youngCount = alive;
        MomentHeap<TimerEntry>.Make(_young, alive);
    }

    private void SweepOut()
    {
        SweepYoung();
        int runs = 0;
        _aside = 0;
        for (int i = 0; i < _runCount; i++)
        {
            int left = _runs[i].Run.SweepOut();
            _aside += left;
            if (left > 0) _runs[runs++] = new TimerFront(_runs[i].Run);
        }
        Array.Clear(_runs, runs, _runCount - runs);
        _runCount = runs;
        MomentHeap<TimerFront>.Make(_runs, runs);
    }
}
