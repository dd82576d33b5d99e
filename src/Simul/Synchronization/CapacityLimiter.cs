using System.Diagnostics;

namespace Simul;

/// <summary>Lets a number of borrowers do something at once; it knows who they are, and the number can be changed while it is in
/// use.</summary>
/// <remarks>
/// <para>Cancellation: acquiring is a checkpoint; giving it up leaves the line and never loses capacity.</para>
/// <para>Ordering: first come, first served; a release hands over to the longest waiter.</para>
/// <para>Thread safety: belongs to one loop, the first it is used on. Releasing is legal from any thread, and is posted from
/// another one. Between threads use <see cref="SemaphoreSlim"/>.</para>
/// <para>Semantics: trio's <c>CapacityLimiter</c>. A semaphore counts permits and does not care who gives them back; a limiter
/// hands each borrower one lease and finds out who borrows twice.</para>
/// </remarks>
/// <example>
/// <code>
/// var downloads = new CapacityLimiter(4);
/// using (await downloads.AcquireAsync())
///     await FetchAsync(page);
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed class CapacityLimiter : IWaitSubject
{
    private readonly HashSet<object> _borrowers = []; // enumerates in a fixed order
    private readonly WaiterQueue _waiters;
    private LoopBinding _loop;
    private int _total;

    /// <summary>Makes a limiter.</summary>
    /// <param name="total">How many may borrow at once; zero holds everybody up until it is raised.</param>
    /// <param name="name">Shown in the task tree and in messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public CapacityLimiter(int total, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        _total = total;
        Name = name;
        _waiters = new WaiterQueue(this);
    }

    /// <summary>The name given.</summary>
    public string? Name { get; }

    /// <summary>How many may borrow at once. May be changed on the limiter's loop: raised, it lets waiters in; lowered, it takes
    /// effect as leases come back.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    /// <exception cref="LoopAffinityException">It is set by code that does not run on the limiter's loop.</exception>
    public int Total
    {
        get => _total;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _loop.Enter("This limiter");
            _total = value;
            Admit();
        }
    }

    /// <summary>Borrows, waiting in line while all capacity is out. A checkpoint.</summary>
    /// <param name="borrower">Who borrows; the current task when omitted.</param>
    /// <returns>The lease; dispose it to give it back.</returns>
    /// <exception cref="InvalidOperationException">The borrower has borrowed already: two tasks that do so would wait for each other for ever.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    public ValueTask<CapacityLease> AcquireAsync(object? borrower = null)
    {
        var scope = _loop.Enter("This limiter");
        borrower ??= (object?)scope.Owner ?? scope;
        if (scope.IsCancelled) return scope.Cancelled<CapacityLease>();
        if (_borrowers.Contains(borrower)) return ValueTask.FromException<CapacityLease>(BorrowsTwice(borrower));
        if (_borrowers.Count >= _total || _waiters.Count > 0) return scope.WaitInWith(_waiters, new CapacityLease(this, borrower));
        _borrowers.Add(borrower);
        var lease = new CapacityLease(this, borrower);
        return scope.TryPassCheckpoint() ? new(lease) : scope.YieldWith(lease);
    }

    /// <summary>Borrows if there is capacity. Not a checkpoint.</summary>
    /// <param name="lease">The lease; dispose it to give it back.</param>
    /// <param name="borrower">Who borrows; the current task when omitted.</param>
    /// <returns>True when there was.</returns>
    /// <exception cref="InvalidOperationException">The borrower has borrowed already.</exception>
    public bool TryAcquire(out CapacityLease lease, object? borrower = null)
    {
        var scope = _loop.Enter("This limiter");
        borrower ??= (object?)scope.Owner ?? scope;
        if (_borrowers.Contains(borrower)) throw BorrowsTwice(borrower);
        lease = default;
        if (_borrowers.Count >= _total || _waiters.Count > 0) return false;
        _borrowers.Add(borrower);
        lease = new CapacityLease(this, borrower);
        return true;
    }

    /// <summary>The limiter at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public CapacityLimiterStatistics GetStatistics() => new(_total, _borrowers.Count, [.. _borrowers.Select(NameOf)], _waiters.Count);

    string IWaitSubject.Describe() => Describe();

    IEnumerable<LoopTask> IWaitSubject.Holders => _borrowers.OfType<LoopTask>();

    internal void Release(object borrower)
    {
        if (_loop.IsHere) ReleaseOnLoop(borrower);
        else PostRelease(borrower);
    }

    // Apart, because C# makes the closure where the method begins.
    private void PostRelease(object borrower) => _loop.Post(_ => ReleaseOnLoop(borrower), this);

    private void ReleaseOnLoop(object borrower)
    {
        if (!_borrowers.Remove(borrower))
            throw new InvalidOperationException($"{NameOf(borrower)} gave back to {Title} what it had given back before. Dispose a lease once, and keep no copies of it.");
        Admit();
    }

    private void Admit()
    {
        while (_borrowers.Count < _total && _waiters.TakeFirst() is { } next)
        {
            var waiter = (Waiter<CapacityLease>)next;
            object borrower = waiter.Offered.Borrower!;
            if (_borrowers.Add(borrower)) waiter.Grant(waiter.Offered);
            else waiter.Fail(BorrowsTwice(borrower));
        }
    }

    private InvalidOperationException BorrowsTwice(object borrower) =>
        new($"{NameOf(borrower)} has borrowed from {Title} already. Borrow once, or name another borrower for each lease.");

    private static string NameOf(object borrower) => borrower is LoopScope scope ? scope.Description : borrower.ToString() ?? borrower.GetType().Name;

    private string Title => $"the limiter{(Name is null ? "" : $" '{Name}'")}";

    private string Describe()
    {
        string who = _borrowers.Count == 0 ? "" : $", borrowed by {string.Join(", ", _borrowers.Take(3).Select(NameOf))}{(_borrowers.Count > 3 ? " and others" : "")}";
        return $"{Title}, {_borrowers.Count} of {_total} out{who}";
    }
}
