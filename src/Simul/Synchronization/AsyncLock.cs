using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>A lock for loop tasks: whoever holds it may wait, and the others stand in line.</summary>
/// <remarks>
/// <para>Cancellation: a wait is a checkpoint; giving it up leaves the line and never loses the lock.</para>
/// <para>Ordering: first come, first served; a release hands the lock over to the longest waiter, so nobody can barge in.</para>
/// <para>Thread safety: belongs to one loop, the first it is used on. Releasing is legal from any thread. Between threads use
/// <see cref="SemaphoreSlim"/>.</para>
/// </remarks>
/// <example>
/// <code>
/// var player = new AsyncLock();
/// using (await player.LockAsync())
///     await EventLoop.Delay(TimeSpan.FromSeconds(5));
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed class AsyncLock : IWaitSubject
{
    private readonly WaiterQueue _waiters;
    private LoopBinding _loop;
    private LoopTask? _holder;
    private int _hold;     // the hold in force; 0: free. Each has its own number, so that a stale releaser is found out
    private int _lastHold; // the last number given

    /// <summary>Makes a lock that is free.</summary>
    /// <param name="name">Shown in the task tree and in messages.</param>
    public AsyncLock(string? name = null)
    {
        Name = name;
        _waiters = new WaiterQueue(this);
    }

    /// <summary>The name given.</summary>
    public string? Name { get; }

    /// <summary>Takes the lock, waiting in line if somebody holds it. A checkpoint.</summary>
    /// <returns>The hold; dispose it to release.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the lock's loop.</exception>
    public ValueTask<AsyncLockHold> LockAsync()
    {
        var scope = _loop.Enter("This lock");
        if (_hold == 0 && scope.TryPassCheckpoint()) return new(Take(scope));
        if (scope.IsCancelled) return scope.Cancelled<AsyncLockHold>();
        return _hold == 0 ? scope.YieldWith(Take(scope)) : scope.WaitIn<AsyncLockHold>(_waiters);
    }

    /// <summary>Takes the lock if it is free. Not a checkpoint.</summary>
    /// <param name="hold">The hold; dispose it to release.</param>
    /// <returns>True when it was free.</returns>
    public bool TryLock(out AsyncLockHold hold)
    {
        var scope = _loop.Enter("This lock");
        hold = _hold == 0 ? Take(scope) : default;
        return hold.IsHeld;
    }

    /// <summary>The lock at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncLockStatistics GetStatistics() => new(_hold != 0, _holder?.Name, _waiters.Count);

    string IWaitSubject.Describe() => Describe();

    IEnumerable<LoopTask> IWaitSubject.Holders => _holder is { } holder ? [holder] : [];

    internal void Release(int hold)
    {
        if (_loop.IsHere) ReleaseOnLoop(hold);
        else PostRelease(hold);
    }

    // For a condition: the caller's hold gives the lock up for a while. Who holds it is the task that took it.
    internal int Suspend(LoopScope scope)
    {
        RequireHeldBy(scope);
        int hold = _hold;
        PassOn();
        return hold;
    }

    // The same hold takes the lock again, behind those who wait for it. No cancellation interrupts that: the caller's using
    // block is going to release it.
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    internal async ValueTask ResumeAsync(LoopScope scope, int hold)
    {
        if (_hold == 0) Take(scope);
        else await scope.WaitInUncancelled<AsyncLockHold>(_waiters);
        _hold = hold;
    }

    internal void RequireHeldBy(LoopScope scope)
    {
        if (_hold == 0 || _holder != scope.Owner)
            throw new SynchronizationLockException($"{scope.Owner?.Description ?? "This code"} waits for or notifies a condition without holding {Describe()}. Take the lock first, in the same task, and do it inside the using block.");
    }

    // Apart, because C# makes the closure where the method begins.
    private void PostRelease(int hold) => _loop.Post(_ => ReleaseOnLoop(hold), this);

    private string Describe() => $"the lock{(Name is null ? "" : $" '{Name}'")}" + (_hold == 0 ? ", free" : $", held by {DescribeHolder()}");

    // A hold may be handed to another task, so that its taker's end is no error; where all wait for it, it is worth knowing.
    private string DescribeHolder() => _holder is null ? "a callback" : _holder.IsCompleted ? $"{_holder.Description}, which has ended without releasing it" : _holder.Description;

    private AsyncLockHold Take(LoopScope scope)
    {
        _holder = scope.Owner;
        return new AsyncLockHold(this, _hold = NextHold());
    }

    private int NextHold() => ++_lastHold == 0 ? ++_lastHold : _lastHold;

    private void ReleaseOnLoop(int hold)
    {
        if (hold != _hold)
            throw new InvalidOperationException($"{Describe()} was released by a hold that is over, or that waits for a condition. Dispose a hold once, and keep no copies of it.");
        PassOn();
    }

    // Handed over, never free in between.
    private void PassOn()
    {
        if (_waiters.TakeFirst() is not { } next)
        {
            _hold = 0;
            _holder = null;
            return;
        }
        _holder = next.Scope.Owner;
        ((Waiter<AsyncLockHold>)next).Grant(new AsyncLockHold(this, _hold = NextHold()));
    }
}
