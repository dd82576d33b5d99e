namespace Simul;

/// <summary>An item found an executor's queue full, or was dropped from it for another.</summary>
public sealed class QueueFullException : InvalidOperationException
{
    /// <summary>Makes the exception.</summary>
    /// <param name="item">The item's name.</param>
    /// <param name="engine">The executor's engine name.</param>
    /// <param name="limit">How many items may wait.</param>
    /// <param name="dropped">True for one that waited already.</param>
    public QueueFullException(string item, string engine, int limit, bool dropped)
        : base((dropped
            ? $"'{item}' was dropped from the queue of the {engine} executor, which holds {limit} items, to make room for another."
            : $"'{item}' was refused: {limit} items wait for the {engine} executor already.") +
            " Await WaitForRoomAsync before submitting, raise QueueLimit, or choose another WhenFull.")
    {
        Limit = limit;
        WasDropped = dropped;
    }

    /// <summary>How many items may wait: <see cref="ExecutorOptions.QueueLimit"/>.</summary>
    public int Limit { get; }

    /// <summary>True for an item that waited already; false for one that was not let in.</summary>
    public bool WasDropped { get; }
}
