namespace Simul;

/// <summary>Size, order and name of a <see cref="LoopChannel{T}"/>.</summary>
/// <typeparam name="T">The items' type.</typeparam>
public sealed record LoopChannelOptions<T>
{
    /// <summary>Items it holds, at most; zero makes a rendezvous, where a write ends when a reader has taken the item. Default:
    /// null, no bound.</summary>
    public int? Capacity
    {
        get;
        init => field = value is null or >= 0 ? value : throw new ArgumentOutOfRangeException(nameof(Capacity), value, "A channel cannot hold fewer than 0 items. Use null for no bound, or 0 for a rendezvous.");
    }

    /// <summary>Which item is given out next. Default: the oldest.</summary>
    public LoopChannelOrder Order
    {
        get;
        init => field = Enum.IsDefined(value) ? value : throw new ArgumentOutOfRangeException(nameof(Order), value, "There is no such order.");
    }

    /// <summary>Says which of two items is smaller, for <see cref="LoopChannelOrder.Priority"/>. Default: the type's own order.</summary>
    public IComparer<T>? Comparer { get; init; }

    /// <summary>Shown in the task tree and in messages. Default: none.</summary>
    public string? Name { get; init; }

    /// <summary>Gets each item that was given to <c>WriteAsync</c> or is held by the channel and will not be read: its write
    /// was cancelled or met the channel's end, or <see cref="LoopChannel{T}.Shutdown"/> dropped it. For items that must be
    /// disposed of. Default: none.</summary>
    /// <remarks>Called once for each such item, from the loop's queue and outside of any task; what it throws goes to the
    /// loop's unhandled-error handler. Items that stand in the channel when its loop ends are not reported until
    /// <see cref="LoopChannel{T}.Shutdown"/> drops them.</remarks>
    public Action<T>? Undelivered { get; init; }
}
