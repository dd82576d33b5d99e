using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>A lock for loop tasks: whoever holds it may wait, and the others stand in line.</summary>
/// <remarks>
/// <para>Cancellation: a wait is a checkpoint; giving it up leaves the line and never loses the lock.</para>
/// <para>Ordering: first come, first served; a release hands the lock over to the longest waiter, so nobody can barge in.</para>
/// <para>Thread safety: belongs to one loop, the first it is used on. Releasing is legal from any thread. Between threads use
/// <see cref="SemaphoreSlim"/>.</para>
/// <para>Semantics: trio's <c>Lock</c>, but it is the hold that releases, not the task: a hold may be handed to another task,
/// and two methods of one task that run side by side exclude each other. So taking it twice in a row is no error that could be
/// known; it waits, and the report of the stall names the task that waits for itself. Nor is a task that ends with the lock
/// held an error; whoever waits is told so in the task tree.</para>
/// </remarks>
/// <example>
/// <code>
/// var player = new AsyncLock();
/// using (await player.LockAsync())
///     await EventLoop.Delay(TimeSpan.FromSeconds(5));
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed partial class AsyncLock : IWaitSubject
{
    private readonly WaiterQueue _waiters; // Waiter<AsyncLockHold>; one that offers a hold waits to get that very one back
    private LoopBinding _loop;
    private LoopScope? _holder; // where it was taken; its task is looked up when somebody asks
    private long _hold;         // the hold that is on; 0 while the lock is free
    private long _lastHold;     // each hold has its own number, so that a stale releaser is found out

    /// <summary>Makes a lock that is free.</summary>
    /// <param name="name">Shown in the task tree and in messages.</param>
    public AsyncLock(string? name = null)
    {
        _loop = new LoopBinding("lock", name, "SemaphoreSlim");
        _waiters = new WaiterQueue(this);
    }

    /// <summary>The name given.</summary>
    public string? Name => _loop.Name;

    /// <summary>Takes the lock, waiting in line if somebody holds it. A checkpoint.</summary>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public ValueTask<AsyncLockHold> LockAsync()
    {
        var scope = _loop.Enter();
        if (_hold != 0) return scope.WaitIn<AsyncLockHold>(_waiters);
        return scope.IsCancelled ? scope.Cancelled<AsyncLockHold>() : scope.PassWith(Take(scope));
    }

    /// <summary>Takes the lock if it is free. Not a checkpoint.</summary>
    /// <param name="hold">The hold; dispose it to release.</param>
    /// <returns>True when it was free.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public bool TryLock(out AsyncLockHold hold)
    {
        var scope = _loop.Enter();
        hold = _hold == 0 ? Take(scope) : default;
        return hold.IsHeld;
    }

    /// <summary>The lock at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncLockStatistics GetStatistics() => new(_hold != 0, _holder?.Owner?.Name, _waiters.Count);

    string IWaitSubject.Describe() => Describe();

    IEnumerable<LoopTask> IWaitSubject.Holders => _holder?.Owner is { } owner ? [owner] : [];

    internal string Describe() => _hold == 0 ? $"{_loop}, free" : $"{_loop}, held by {HolderText.Of(_holder)}";

    internal void Release(long hold)
    {
        if (_loop.IsHere) ReleaseOnLoop(hold);
        else PostRelease(hold);
    }

    // Apart, because C# makes the closure where the method begins.
    private void PostRelease(long hold) => _loop.Post(_ => ReleaseOnLoop(hold), null);

    private AsyncLockHold Take(LoopScope scope)
    {
        _holder = scope;
        return new AsyncLockHold(this, _hold = ++_lastHold);
    }

    private void ReleaseOnLoop(long hold)
    {
        if (hold != _hold) ThrowStale();
        HandOver();
    }

    // To the longest waiter; the lock is free only if there is none.
    private void HandOver()
    {
        while (_waiters.TakeFirst() is { } next)
        {
            var waiter = Unsafe.As<Waiter<AsyncLockHold>>(next);
            if (waiter.Offered.IsHeld)
            {
                bool isBack = TryGiveBack(waiter);
                if (!isBack) waiter.Commit(cancelled: true);
                waiter.GrantOrCancel();
                if (isBack) return;
                continue;
            }
            waiter.Grant(Take(waiter.Scope));
            return;
        }
        _hold = 0;
        _holder = null;
    }

    private void ThrowStale() => throw new InvalidOperationException(
        $"{Describe()}, was released by a hold that is over, or that waits for a condition. Dispose a hold once, and keep no copies of it.");
}
