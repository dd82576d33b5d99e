namespace Simul;

// The smallest first, among equals the oldest: a binary heap whose nodes are numbered, since a heap forgets in which order
// equal items came. Both ways compare first and move afterwards, so that a comparer that throws leaves it as it was.
internal sealed class PriorityItems<T>(IComparer<T>? comparer) : ItemStore<T>
{
    private readonly IComparer<T> _comparer = comparer ?? Comparer<T>.Default;
    private (T Item, long Number)[] _nodes = new (T, long)[4];
    private long _number;

    public override void Add(T item)
    {
        if (Count == _nodes.Length) Array.Resize(ref _nodes, Count * 2);
        int place = Count;
        // The newest stays below its equals.
        while (place > 0 && _comparer.Compare(item, _nodes[Parent(place)].Item) < 0) place = Parent(place);
        for (int i = Count; i > place; i = Parent(i)) _nodes[i] = _nodes[Parent(i)];
        _nodes[place] = (item, _number++);
        Count++;
    }

    public override T Take()
    {
        int left = Count - 1;
        var last = _nodes[left];
        // Down from the root to where the last one fits; its way back up then moves everything there by one.
        int place = 0;
        while (SmallerChild(place, left) is { } child && Precedes(_nodes[child], last)) place = child;
        for (int i = place; ; i = Parent(i))
        {
            (_nodes[i], last) = (last, _nodes[i]);
            if (i == 0) break;
        }
        _nodes[left] = default;
        Count = left;
        return last.Item;
    }

    public override T Peek() => _nodes[0].Item;

    private static int Parent(int place) => (place - 1) / 2;

    private int? SmallerChild(int place, int count)
    {
        int left = 2 * place + 1, right = left + 1;
        if (left >= count) return null;
        return right < count && Precedes(_nodes[right], _nodes[left]) ? right : left;
    }

    private bool Precedes((T Item, long Number) one, (T Item, long Number) other)
    {
        int order = _comparer.Compare(one.Item, other.Item);
        return order != 0 ? order < 0 : one.Number < other.Number;
    }
}
