namespace Simul.Processes.Payloads;

// For as long as an item runs, it may look at its argument where it lies.
internal sealed class ItemLease
{
    private volatile bool _over;

    public void End() => _over = true;

    public void ThrowIfOver()
    {
        if (_over) throw new ObjectDisposedException("argument", "A ReadOnlyMemory argument of a work item is the shared memory it came in and ends with the item. Copy what is needed longer (ToArray).");
    }
}
