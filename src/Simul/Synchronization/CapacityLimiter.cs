using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>Bounds how many use something at once. It knows who they are, and the bound can be moved while it is in use.</summary>
/// <remarks>
/// <para>Cancellation: a wait is a checkpoint; giving it up leaves the line and never loses capacity.</para>
/// <para>Ordering: first come, first served; what is returned goes to the longest waiter, so nobody can barge in.</para>
/// <para>Thread safety: belongs to one loop, the first it is used on. Returning a lease and setting <see cref="Total"/> are legal
/// from any thread; from another one they are posted. Between threads use <see cref="SemaphoreSlim"/>.</para>
/// <para>Semantics: trio's and anyio's <c>CapacityLimiter</c>. A borrower has one lease at most, which finds out who borrows
/// twice by mistake and would wait for itself.</para>
/// </remarks>
/// <example>
/// <code>
/// var connections = new CapacityLimiter(10, "connections");
/// using (await connections.AcquireAsync())
///     await ReadReplyAsync();
/// connections.Total = 20;
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed class CapacityLimiter : IWaitSubject
{
    private const long InLine = 0;

    // Invariant: somebody waits => nothing is left to borrow.
    private readonly Dictionary<object, long> _borrowers = []; // each one's lease, or InLine
    private readonly Line _waiters;                            // Waiter<CapacityLease>, which offers its borrower
    private LoopBinding _loop;
    private int _total;
    private int _borrowed;
    private long _lastLease; // each lease has its own number, so that a stale one is found out

    /// <summary>Makes a limiter.</summary>
    /// <param name="total">How many may use it at once; zero lets nobody in until <see cref="Total"/> is raised.</param>
    /// <param name="name">Shown in the task tree and in messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public CapacityLimiter(int total, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(total);
        _total = total;
        _loop = new LoopBinding("limiter", name, "SemaphoreSlim");
        _waiters = new Line(this);
    }

    /// <summary>The name given.</summary>
    public string? Name => _loop.Name;

    /// <summary>How many may use it at once. Raised, it lets in who waits; lowered, it takes nothing away, but nobody is let in
    /// before enough has been returned.</summary>
    /// <remarks>Thread safety: may be set from any thread; from another one than the loop's it is posted.</remarks>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public int Total
    {
        get => _total;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            if (_loop.IsHere) SetTotalOnLoop(value);
            else PostTotal(value);
        }
    }

    /// <summary>Borrows, waiting in line while everything is lent. A checkpoint.</summary>
    /// <param name="borrower">Whose it is to be; null for the current task. Compared with <see cref="object.Equals(object)"/>.</param>
    /// <returns>The lease; dispose it to return what was borrowed.</returns>
    /// <exception cref="InvalidOperationException">This borrower has a lease, or waits for one.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the limiter's loop.</exception>
    public ValueTask<CapacityLease> AcquireAsync(object? borrower = null)
    {
        var scope = _loop.Enter();
        borrower ??= CurrentBorrower(scope);
        RequireNew(borrower);
        if (scope.IsCancelled) return scope.Cancelled<CapacityLease>();
        if (_borrowed < _total) return scope.PassWith(Lend(borrower));
        _borrowers.Add(borrower, InLine);
        return scope.WaitInWith(_waiters, new CapacityLease(this, borrower, InLine));
    }

    /// <summary>Borrows if something is left. Not a checkpoint.</summary>
    /// <param name="lease">The lease; dispose it to return what was borrowed.</param>
    /// <param name="borrower">Whose it is to be; null for the current task.</param>
    /// <returns>True when something was left.</returns>
    /// <exception cref="InvalidOperationException">This borrower has a lease, or waits for one.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the limiter's loop.</exception>
    public bool TryAcquire(out CapacityLease lease, object? borrower = null)
    {
        var scope = _loop.Enter();
        borrower ??= CurrentBorrower(scope);
        RequireNew(borrower);
        lease = _borrowed < _total ? Lend(borrower) : default;
        return lease.IsHeld;
    }

    /// <summary>The limiter at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public CapacityLimiterStatistics GetStatistics() => new(_total, _borrowed, [.. Borrowers.Select(HolderText.NameOf)], _waiters.Count);

    string IWaitSubject.Describe() => Describe();

    IEnumerable<LoopTask> IWaitSubject.Holders => HolderText.TasksOf(Borrowers);

    internal void Return(object borrower, long lease)
    {
        if (_loop.IsHere) ReturnOnLoop(borrower, lease);
        else PostReturn(borrower, lease);
    }

    private IEnumerable<object> Borrowers => _borrowers.Where(static entry => entry.Value != InLine).Select(static entry => entry.Key);

    private string Describe() => $"{_loop}, {_borrowed} of {_total} out{(_borrowed == 0 ? "" : $", borrowed by {HolderText.Of(Borrowers, _borrowed)}")}";

    private static object CurrentBorrower(LoopScope scope) => (object?)scope.Owner ?? scope;

    private void RequireNew(object borrower)
    {
        if (_borrowers.TryGetValue(borrower, out long lease)) ThrowBorrowsTwice(borrower, lease);
    }

    private void ThrowBorrowsTwice(object borrower, long lease) => throw new InvalidOperationException(
        $"{HolderText.NameOf(borrower)} {(lease == InLine ? "waits for" : "has")} a lease of {_loop} already. Return that one first, or name another borrower.");

    private CapacityLease Lend(object borrower)
    {
        _borrowers[borrower] = ++_lastLease;
        _borrowed++;
        return new CapacityLease(this, borrower, _lastLease);
    }

    // Closures apart, because C# makes them where the method begins.
    private void PostReturn(object borrower, long lease) => _loop.Post(_ => ReturnOnLoop(borrower, lease), null);

    private void PostTotal(int total) => _loop.Post(_ => SetTotalOnLoop(total), null);

    private void ReturnOnLoop(object borrower, long lease)
    {
        if (!_borrowers.TryGetValue(borrower, out long current) || current != lease)
            throw new InvalidOperationException($"{HolderText.NameOf(borrower)} returned a lease of {_loop} that was over. Dispose a lease once, and keep no copies of it.");
        _borrowers.Remove(borrower);
        _borrowed--;
        Admit();
    }

    private void SetTotalOnLoop(int total)
    {
        _total = total;
        Admit();
    }

    private void Admit()
    {
        while (_borrowed < _total && _waiters.TakeFirst() is { } next)
        {
            var waiter = Unsafe.As<Waiter<CapacityLease>>(next);
            waiter.Grant(Lend(waiter.Offered.Borrower!));
        }
    }

    // Who gives up may come again.
    private sealed class Line(CapacityLimiter limiter) : WaiterQueue(limiter)
    {
        public override void Withdraw(Waiter waiter)
        {
            Remove(waiter);
            limiter._borrowers.Remove(Unsafe.As<Waiter<CapacityLease>>(waiter).TakeOffer().Borrower!);
        }
    }
}
