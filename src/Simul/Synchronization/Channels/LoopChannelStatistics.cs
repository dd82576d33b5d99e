namespace Simul;

/// <summary>A <see cref="LoopChannel{T}"/> at one moment.</summary>
/// <param name="CurrentItems">Items it holds. What waiting writers have with them is not among these.</param>
/// <param name="Capacity">Items it holds at most; null for no bound.</param>
/// <param name="CurrentReaders">Waits to read: <c>ReadAsync</c>, <c>ReadAllAsync</c>, <c>WaitToReadAsync</c>.</param>
/// <param name="CurrentWriters">Waits to write: <c>WriteAsync</c>, <c>WaitToWriteAsync</c>.</param>
/// <param name="CurrentUnfinished">Items written for which <see cref="LoopChannel{T}.TaskDone"/> was not called yet.</param>
/// <param name="TotalWritten">Items that came in, or went from a writer straight to a reader.</param>
/// <param name="TotalRead">Items that went to a reader.</param>
/// <param name="TotalUndelivered">Items that no reader will get.</param>
/// <param name="IsCompleted">Whether nothing more can be written.</param>
public sealed record LoopChannelStatistics(
    int CurrentItems, int? Capacity, int CurrentReaders, int CurrentWriters, long CurrentUnfinished,
    long TotalWritten, long TotalRead, long TotalUndelivered, bool IsCompleted);
