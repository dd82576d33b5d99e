namespace Simul;

/// <summary>An <see cref="AsyncReaderWriterLock"/> at one moment.</summary>
/// <param name="CurrentReaders">How many read.</param>
/// <param name="Writer">The writing task; null when none writes.</param>
/// <param name="CurrentWaiters">Readers and writers in line.</param>
public sealed record AsyncReaderWriterLockStatistics(int CurrentReaders, string? Writer, int CurrentWaiters);
