namespace Simul;

/// <summary>Makes channels for the tasks of one loop; <see cref="LoopChannel{T}"/> has the rules.</summary>
/// <remarks>Named like <see cref="System.Threading.Channels.Channel"/>, which is the one to use between threads. For another
/// order or a callback use the constructor with <see cref="LoopChannelOptions{T}"/>.</remarks>
public static class LoopChannel
{
    /// <summary>Makes a channel that holds so many items; who writes to a full one waits for room.</summary>
    /// <param name="capacity">Items it holds, at most. Zero makes a rendezvous, as <see cref="CreateRendezvous{T}"/> does.</param>
    /// <param name="name">Shown in the task tree and in messages.</param>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <returns>The channel.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative.</exception>
    public static LoopChannel<T> CreateBounded<T>(int capacity, string? name = null) =>
        new(new LoopChannelOptions<T> { Capacity = capacity, Name = name });

    /// <summary>Makes a channel that holds any number of items; writing never waits for room.</summary>
    /// <param name="name">Shown in the task tree and in messages.</param>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <returns>The channel.</returns>
    public static LoopChannel<T> CreateUnbounded<T>(string? name = null) => new(new LoopChannelOptions<T> { Name = name });

    /// <summary>Makes a channel that holds nothing: a write ends when a reader has taken the item.</summary>
    /// <param name="name">Shown in the task tree and in messages.</param>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <returns>The channel.</returns>
    public static LoopChannel<T> CreateRendezvous<T>(string? name = null) => CreateBounded<T>(0, name);

    /// <summary>Makes a channel that holds any number of items and gives out the smallest first.</summary>
    /// <param name="comparer">Says which is smaller. Default: the type's own order.</param>
    /// <param name="name">Shown in the task tree and in messages.</param>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <returns>The channel.</returns>
    public static LoopChannel<T> CreateUnboundedPrioritized<T>(IComparer<T>? comparer = null, string? name = null) =>
        new(new LoopChannelOptions<T> { Order = LoopChannelOrder.Priority, Comparer = comparer, Name = name });
}
