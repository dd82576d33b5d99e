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
    private readonly Line _waiters;                               // Waiter<AsyncReadLockHold> and Waiter<AsyncWriteLockHold>
    private readonly Dictionary<long, LoopScope> _readers = [];   // holds that are on, and where they were taken
    private LoopBinding _loop;
    private LoopScope? _writer;
    private long _write;    // the writer's hold; 0 while there is none
    private long _lastHold; // each hold has its own number, so that a stale releaser is found out

    /// <summary>Makes a lock that is free.</summary>
    /// <param name="name">Shown in the task tree and in messages.</param>
    public AsyncReaderWriterLock(string? name = null)
    {
        _loop = new LoopBinding("reader-writer lock", name, "ReaderWriterLockSlim");
        _waiters = new Line(this);
    }

    /// <summary>The name given.</summary>
    public string? Name => _loop.Name;

    /// <summary>Takes the lock to read, waiting in line if a writer holds it or waits for it. A checkpoint.</summary>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public ValueTask<AsyncReadLockHold> ReadLockAsync()
    {
        var scope = _loop.Enter();
        if (!CanRead) return scope.WaitIn<AsyncReadLockHold>(_waiters);
        return scope.IsCancelled ? scope.Cancelled<AsyncReadLockHold>() : scope.PassWith(TakeRead(scope));
    }

    /// <summary>Takes the lock to write, waiting in line if anybody holds it. A checkpoint.</summary>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public ValueTask<AsyncWriteLockHold> WriteLockAsync()
    {
        var scope = _loop.Enter();
        if (!IsFree) return scope.WaitIn<AsyncWriteLockHold>(_waiters);
        return scope.IsCancelled ? scope.Cancelled<AsyncWriteLockHold>() : scope.PassWith(TakeWrite(scope));
    }

    /// <summary>Takes the lock to read if no writer holds it or waits for it. Not a checkpoint.</summary>
    /// <param name="hold">The hold; dispose it to release.</param>
    /// <returns>True when it was to be had.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public bool TryReadLock(out AsyncReadLockHold hold)
    {
        var scope = _loop.Enter();
        hold = CanRead ? TakeRead(scope) : default;
        return hold.IsHeld;
    }

    /// <summary>Takes the lock to write if nobody holds it. Not a checkpoint.</summary>
    /// <param name="hold">The hold; dispose it to release.</param>
    /// <returns>True when it was free.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public bool TryWriteLock(out AsyncWriteLockHold hold)
    {
        var scope = _loop.Enter();
        hold = IsFree ? TakeWrite(scope) : default;
        return hold.IsHeld;
    }

    /// <summary>The lock at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncReaderWriterLockStatistics GetStatistics()
    {
        int readers = 0, writers = 0;
        for (var waiter = _waiters.First; waiter is not null; waiter = waiter.NextInQueue)
        {
            if (waiter is Waiter<AsyncReadLockHold>) readers++;
            else writers++;
        }
        return new(_readers.Count, _write != 0, _writer?.Owner?.Name, readers, writers);
    }

    string IWaitSubject.Describe() => Describe();

    IEnumerable<LoopTask> IWaitSubject.Holders => HolderText.TasksOf(_writer is null ? _readers.Values : [_writer]);

    private bool IsFree => _write == 0 && _readers.Count == 0;

    private bool CanRead => _write == 0 && _waiters.Count == 0;

    private string Describe() =>
        _write != 0 ? $"{_loop}, held to write by {HolderText.Of(_writer)}"
        : _readers.Count > 0 ? $"{_loop}, held to read by {HolderText.Of(_readers.Values, _readers.Count)}"
        : $"{_loop}, free";
}
