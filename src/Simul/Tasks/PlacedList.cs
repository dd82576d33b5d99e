using System.Diagnostics;

namespace Simul;

// Items in the order in which they came, each knowing its place, so that any can leave in no time. Who leaves is a hole until
// the holes outnumber the rest: then those left move together. Neighbours are not touched, as links would: with a million
// sleepers, each in memory of its own, that was two waits for memory for every one that woke (bench sleepers, overshoot).
// Owner: the loop's baton holder.
internal abstract class PlacedList<T>
    where T : class
{
    private const int Kept = 4096; // slots that are kept though empty: a steady coming and going allocates nothing

    private Slot[] _slots = new Slot[4];
    private int _first; // no item stands before it
    private int _end;

    public int Count { get; private set; }

    public T? First => After(_first - 1);

    // The next one; those that came meanwhile are included.
    public T? After(int place)
    {
        for (int i = place + 1; i < _end; i++)
        {
            if (_slots[i].Item is { } item) return item;
        }
        return null;
    }

    // Returns its place.
    public int Add(T item)
    {
        if (_end == _slots.Length) MakeRoom();
        _slots[_end].Item = item;
        Count++;
        return _end++;
    }

    public void RemoveAt(int place)
    {
        Debug.Assert(_slots[place].Item is not null, "What is removed stands there.");
        _slots[place].Item = null;
        if (--Count == 0)
        {
            _first = _end = 0;
            if (_slots.Length > Kept) _slots = new Slot[Kept];
            return;
        }
        while (_slots[_first].Item is null) _first++;
        while (_slots[_end - 1].Item is null) _end--;
        if (Count < _slots.Length / 4 && _slots.Length > Kept) MoveTo(new Slot[_slots.Length / 2]);
    }

    // The item stands elsewhere now.
    protected abstract void Moved(T item, int place);

    private void MakeRoom() => MoveTo(Count <= _slots.Length / 2 ? _slots : new Slot[_slots.Length * 2]);

    private void MoveTo(Slot[] target)
    {
        int to = 0;
        for (int i = _first; i < _end; i++)
        {
            if (_slots[i].Item is not { } item) continue;
            if (i != to || target != _slots) target[to].Item = item;
            if (i != to) Moved(item, to);
            to++;
        }
        if (target == _slots) Array.Clear(_slots, to, _end - to);
        _slots = target;
        _first = 0;
        _end = to;
    }

    // Wrapped: an array of references checks the type of whatever is put into it.
    private struct Slot
    {
        public T? Item;
    }
}

// The scopes inside a scope.
internal sealed class ScopeList : PlacedList<LoopScope>
{
    protected override void Moved(LoopScope item, int place) => item.Place = place;
}

// A scope's waits beside its own.
internal sealed class WaiterList : PlacedList<Waiter>
{
    protected override void Moved(Waiter item, int place) => item.Place = place;
}
