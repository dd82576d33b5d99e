namespace Simul;

/// <summary>What an executor does with an item that finds <see cref="ExecutorOptions.QueueLimit"/> items waiting.</summary>
/// <remarks>The names are those of <see cref="System.Threading.Channels.BoundedChannelFullMode"/>.</remarks>
public enum QueueFullMode
{
    /// <summary>The item stands in the queue all the same, and <see cref="Executor.WaitForRoomAsync"/> waits until there is
    /// room: who submits in a loop awaits that first.</summary>
    Wait,

    /// <summary>The item fails with <see cref="QueueFullException"/>.</summary>
    Refuse,

    /// <summary>Of the items that wait with the lowest priority, the one that waits longest fails with
    /// <see cref="QueueFullException"/>.</summary>
    DropOldest,

    /// <summary>Of the items that wait with the lowest priority, the one that came last before this one fails with
    /// <see cref="QueueFullException"/>.</summary>
    DropNewest,
}
