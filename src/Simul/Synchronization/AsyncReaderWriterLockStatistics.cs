namespace Simul;

/// <summary>An <see cref="AsyncReaderWriterLock"/> at one moment.</summary>
/// <param name="CurrentReaders">Holds to read.</param>
/// <param name="IsWriteHeld">Whether somebody holds it to write.</param>
/// <param name="Writer">The writing task's name; null when nobody writes.</param>
/// <param name="CurrentWaitingReaders">Readers in line.</param>
/// <param name="CurrentWaitingWriters">Writers in line.</param>
public sealed record AsyncReaderWriterLockStatistics(int CurrentReaders, bool IsWriteHeld, string? Writer, int CurrentWaitingReaders, int CurrentWaitingWriters);
