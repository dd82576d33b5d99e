namespace Simul;

// The only door for foreign threads. The loop looks at one volatile flag a turn; everything else is under the lock, also
// the decision whether the loop sleeps and must be woken, so that no wake-up is lost between its last look and its sleep.
internal sealed class InjectionQueue
{
    private readonly Lock _gate = new();
    private List<ReadyEntry> _items = [];   // owner: _gate
    private List<ReadyEntry> _drained = []; // owner: the loop
    private bool _sleeping;                 // owner: _gate; set by the loop before it waits, reset by it afterwards
    private bool _closed;                   // owner: _gate; set once, by the loop's shutdown
    private volatile bool _any;             // set by posters, reset by the loop, both under _gate

    public bool HasItems => _any;

    // False when the loop has closed: the entry was not taken.
    public bool TryAdd(in ReadyEntry entry, out bool wake)
    {
        lock (_gate)
        {
            wake = _sleeping;
            if (_closed) return false;
            _items.Add(entry);
            _any = true;
            return true;
        }
    }

    // Moves everything to the ready queue; returns how many.
    public int Drain(ReadyQueue ready)
    {
        lock (_gate)
        {
            (_items, _drained) = (_drained, _items);
            _any = false;
        }
        int count = _drained.Count;
        foreach (var entry in _drained) ready.Push(entry.Callback, entry.State, entry.Context);
        _drained.Clear();
        // One burst must not keep its memory for ever.
        if (_drained.Capacity > 4096) _drained = [];
        return count;
    }

    // The loop is about to wait. False when something came in meanwhile.
    public bool TrySleep()
    {
        lock (_gate)
        {
            if (_any) return false;
            _sleeping = true;
            return true;
        }
    }

    public void Awake()
    {
        lock (_gate) _sleeping = false;
    }

    // From here on nothing more is taken; what is in still comes out.
    public void Close()
    {
        lock (_gate) _closed = true;
    }
}
