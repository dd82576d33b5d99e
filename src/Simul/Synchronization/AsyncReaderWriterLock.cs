using System.Diagnostics;

namespace Simul;

/// <summary>A lock that many readers may hold together, or one writer alone.</summary>
/// <remarks>
/// <para>Cancellation: a wait is a checkpoint; giving it up leaves the line, and readers that stood behind a writer who gives up
/// go on.</para>
/// <para>Ordering: first come, first served, readers and writers in one line. Readers who stand together go together; none
/// overtakes a writer who waits, so neither side can starve the other.</para>
/// <para>Thread safety: belongs to one loop, the first it is used on. Releasing is legal from any thread, and is posted from
/// another one. Between threads use <see cref="ReaderWriterLockSlim"/>.</para>
/// </remarks>
/// <example>
/// <code>
/// using (await prices.ReadLockAsync())
///     await ShowAsync(prices);
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed class AsyncReaderWriterLock : IWaitSubject
{
    // Invariants, between any two calls: readers and a writer never hold it together; somebody waits => somebody holds it; the
    // first in line could not be let in.
    private readonly Dictionary<int, LoopTask?> _readers = [];
    private readonly Line _waiters;
    private LoopBinding _loop;
    private LoopTask? _writer;
    private int _writeHold; // the writer's hold; 0: none
    private int _lastHold;  // the last number given; each hold has its own, so that a stale releaser is found out

    /// <summary>Makes a lock that is free.</summary>
    /// <param name="name">Shown in the task tree and in messages.</param>
    public AsyncReaderWriterLock(string? name = null)
    {
        Name = name;
        _waiters = new Line(this);
    }

    /// <summary>The name given.</summary>
    public string? Name { get; }

    /// <summary>Takes the lock for reading, together with other readers. A checkpoint.</summary>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    public ValueTask<AsyncReaderWriterHold> ReadLockAsync() => LockAsync(write: false);

    /// <summary>Takes the lock for writing, alone. A checkpoint.</summary>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    public ValueTask<AsyncReaderWriterHold> WriteLockAsync() => LockAsync(write: true);

    /// <summary>Takes the lock for reading if no writer holds it or waits. Not a checkpoint.</summary>
    /// <param name="hold">The hold; dispose it to release.</param>
    /// <returns>True when it was taken.</returns>
    public bool TryReadLock(out AsyncReaderWriterHold hold) => TryLock(write: false, out hold);

    /// <summary>Takes the lock for writing if nobody holds it. Not a checkpoint.</summary>
    /// <param name="hold">The hold; dispose it to release.</param>
    /// <returns>True when it was taken.</returns>
    public bool TryWriteLock(out AsyncReaderWriterHold hold) => TryLock(write: true, out hold);

    /// <summary>The lock at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncReaderWriterLockStatistics GetStatistics() => new(_readers.Count, _writeHold == 0 ? null : _writer?.Name ?? "a callback", _waiters.Count);

    string IWaitSubject.Describe() => Describe();

    IEnumerable<LoopTask> IWaitSubject.Holders => _writer is { } writer ? [writer] : _readers.Values.OfType<LoopTask>();

    internal void Release(in AsyncReaderWriterHold hold)
    {
        if (_loop.IsHere) ReleaseOnLoop(hold);
        else PostRelease(hold);
    }

    private ValueTask<AsyncReaderWriterHold> LockAsync(bool write)
    {
        var scope = _loop.Enter("This lock");
        if (scope.IsCancelled) return scope.Cancelled<AsyncReaderWriterHold>();
        // Who waits stands in line with the kind of hold it wants.
        if (!IsOpenTo(write) || _waiters.Count > 0) return scope.WaitInWith(_waiters, new AsyncReaderWriterHold(this, 0, write));
        var hold = Take(write, scope.Owner);
        return scope.TryPassCheckpoint() ? new(hold) : scope.YieldWith(hold);
    }

    private bool TryLock(bool write, out AsyncReaderWriterHold hold)
    {
        var scope = _loop.Enter("This lock");
        hold = IsOpenTo(write) && _waiters.Count == 0 ? Take(write, scope.Owner) : default;
        return hold.IsHeld;
    }

    private bool IsOpenTo(bool write) => _writeHold == 0 && (!write || _readers.Count == 0);

    private AsyncReaderWriterHold Take(bool write, LoopTask? holder)
    {
        int hold = ++_lastHold == 0 ? ++_lastHold : _lastHold;
        if (write) (_writeHold, _writer) = (hold, holder);
        else _readers.Add(hold, holder);
        return new AsyncReaderWriterHold(this, hold, write);
    }

    // Apart, because C# makes the closure where the method begins.
    private void PostRelease(AsyncReaderWriterHold hold) => _loop.Post(_ => ReleaseOnLoop(hold), this);

    private void ReleaseOnLoop(in AsyncReaderWriterHold hold)
    {
        bool held = hold.IsWrite ? hold.Number == _writeHold : _readers.Remove(hold.Number);
        if (!held) throw new InvalidOperationException($"{Describe()} was released by a hold that is over. Dispose a hold once, and keep no copies of it.");
        if (hold.IsWrite) (_writeHold, _writer) = (0, null);
        Admit();
    }

    // Lets in whoever can be, from the front of the line.
    private void Admit()
    {
        while (_waiters.First is Waiter<AsyncReaderWriterHold> next && IsOpenTo(next.Offered.IsWrite))
        {
            _waiters.Remove(next);
            next.Grant(Take(next.Offered.IsWrite, next.Scope.Owner));
        }
    }

    private string Describe()
    {
        string who = _writeHold != 0 ? $"held by {NameOf(_writer)} for writing"
            : _readers.Count > 0 ? $"read by {string.Join(", ", _readers.Values.Take(3).Select(NameOf))}{(_readers.Count > 3 ? " and others" : "")}" : "free";
        return $"the reader-writer lock{(Name is null ? "" : $" '{Name}'")}, {who}";
    }

    private static string NameOf(LoopTask? holder) => holder?.Description ?? "a callback";

    // Where a writer gives up, the readers behind it may go on.
    private sealed class Line(AsyncReaderWriterLock owner) : WaiterQueue(owner)
    {
        public override void Withdraw(Waiter waiter)
        {
            base.Withdraw(waiter);
            owner.Admit();
        }
    }
}
