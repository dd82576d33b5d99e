using System.Diagnostics;

namespace Simul;

/// <summary>A lock for loop tasks that many may hold at once to read, or one alone to write.</summary>
/// <remarks>
/// <para>Cancellation: a wait is a checkpoint; giving it up leaves the line. A writer that gives up lets the readers behind it
/// through.</para>
/// <para>Ordering: strictly first come, first served, so neither side can starve the other: no reader overtakes a waiting writer,
/// and readers that stand together go together. A release hands the lock over, so nobody can barge in.</para>
/// <para>Thread safety: belongs to one loop, the first it is used on. Releasing is legal from any thread. Between threads use
/// <see cref="ReaderWriterLockSlim"/>.</para>
/// <para>Semantics: tokio's <c>RwLock</c>. Not to be taken twice by the same code, also not to read: a writer that came in between
/// would wait for the first hold, and the second for the writer.</para>
/// </remarks>
/// <example>
/// <code>
/// var table = new AsyncReaderWriterLock("table");
/// using (await table.ReadLockAsync())
///     await ShowAsync();
/// using (await table.WriteLockAsync())
///     await ChangeAsync();
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed partial class AsyncReaderWriterLock : IWaitSubject
{
    // Invariants, between any two calls:
    //   a writer holds it => no reader does
    //   somebody waits    => a writer holds it; or readers do, and the first in line is a writer
    private readonly Line _waiters;                             // Waiter<AsyncReaderWriterHold>, which offers the kind it wants
    private readonly Dictionary<long, LoopScope> _readers = []; // holds that are on, and where they were taken
    private LoopBinding _loop;
    private LoopScope? _writer;
    private long _writeHold; // the writer's hold; 0 while there is none
    private long _lastHold;  // each hold has its own number, so that a stale releaser is found out

    /// <summary>Makes a lock that is free.</summary>
    /// <param name="name">Shown in the task tree and in messages.</param>
    public AsyncReaderWriterLock(string? name = null)
    {
        _loop = new LoopBinding("reader-writer lock", name, "ReaderWriterLockSlim");
        _waiters = new Line(this);
    }

    /// <summary>The name given.</summary>
    public string? Name => _loop.Name;

    /// <summary>Takes the lock for reading, waiting in line if a writer holds it or waits for it. A checkpoint.</summary>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public ValueTask<AsyncReaderWriterHold> ReadLockAsync() => LockAsync(write: false);

    /// <summary>Takes the lock for writing, waiting in line if anybody holds it. A checkpoint.</summary>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public ValueTask<AsyncReaderWriterHold> WriteLockAsync() => LockAsync(write: true);

    /// <summary>Takes the lock for reading if no writer holds it or waits for it. Not a checkpoint.</summary>
    /// <param name="hold">The hold; dispose it to release.</param>
    /// <returns>True when it was to be had.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public bool TryReadLock(out AsyncReaderWriterHold hold) => TryLock(write: false, out hold);

    /// <summary>Takes the lock for writing if nobody holds it. Not a checkpoint.</summary>
    /// <param name="hold">The hold; dispose it to release.</param>
    /// <returns>True when it was free.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public bool TryWriteLock(out AsyncReaderWriterHold hold) => TryLock(write: true, out hold);

    /// <summary>The lock at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncReaderWriterLockStatistics GetStatistics() => new(_readers.Count, _writeHold == 0 ? null : _writer?.Owner?.Name ?? "a callback", _waiters.Count);

    string IWaitSubject.Describe() => Describe();

    IEnumerable<LoopTask> IWaitSubject.Holders => HolderText.TasksOf(_writer is null ? _readers.Values : [_writer]);

    private string Describe() =>
        _writeHold != 0 ? $"{_loop}, held by {HolderText.Of(_writer)} for writing"
        : _readers.Count > 0 ? $"{_loop}, read by {HolderText.Of(_readers.Values, _readers.Count)}"
        : $"{_loop}, free";
}
