using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>Lets the holder of an <see cref="AsyncLock"/> wait until another holder says that something has changed.</summary>
/// <remarks>
/// <para>A wait gives the lock away and has it again when it ends, whichever way it ends. The hold with which the caller took
/// the lock is the same hold afterwards.</para>
/// <para>Cancellation: a wait is a checkpoint. A cancelled one stands in line for the lock like one that was notified, and raises
/// when it has it. A notified waiter that is cancelled before it has the lock again goes on; the next checkpoint raises. So a
/// notification is never lost to one who has gone.</para>
/// <para>Ordering: the longest waiter is notified first. Who was notified stands in line for the lock behind those who wait for
/// it already, so what was true at the notification need not be true any more: wait in a loop, or with a predicate.</para>
/// <para>Thread safety: belongs to its lock's loop, notifying too: it needs the lock. Between threads use <see cref="Monitor"/>.</para>
/// <para>Semantics: trio's <c>Condition</c>. "Holds the lock" means that the current task took it; a hold that another task
/// handed over does not count.</para>
/// </remarks>
/// <example>
/// <code>
/// var gate = new AsyncLock();
/// var changed = new AsyncCondition(gate);
/// using (await gate.LockAsync())
/// {
///     await changed.WaitAsync(() => stock.Count > 0);
///     Console.WriteLine(stock.Dequeue());
/// }
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed class AsyncCondition : IWaitSubject
{
    private readonly AsyncLock _lock;
    private readonly Line _waiters;
    private LoopBinding _loop;

    /// <summary>Makes a condition.</summary>
    /// <param name="gate">The lock that guards what is waited for. One lock may have many conditions.</param>
    /// <param name="name">Shown in the task tree and in messages.</param>
    public AsyncCondition(AsyncLock gate, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(gate);
        _lock = gate;
        _loop = new LoopBinding("condition", name, "Monitor");
        _waiters = new Line(this);
    }

    /// <summary>The name given.</summary>
    public string? Name => _loop.Name;

    /// <summary>Waits, without the lock, until notified, and takes the lock again. A checkpoint.</summary>
    /// <returns>Ends with the lock held again, also when it raises.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="SynchronizationLockException">The current task does not hold the lock.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the condition's loop.</exception>
    public ValueTask WaitAsync()
    {
        var scope = RequireLock();
        if (scope.IsCancelled) return scope.Cancelled();
        var waiter = scope.RentWaiter<AsyncLockHold>();
        waiter.Arm(scope);
        _lock.Suspend(waiter);
        _waiters.Add(waiter);
        return waiter.AsValueTask();
    }

    /// <summary>Waits until a predicate holds, asking it now and after each notification, with the lock held. A checkpoint.</summary>
    /// <remarks>A call that has to wait costs an async method's box; <c>while (!predicate()) await condition.WaitAsync();</c>
    /// costs nothing.</remarks>
    /// <param name="predicate">What to wait for. What it throws leaves the wait, with the lock held.</param>
    /// <returns>Ends with the predicate true and the lock held; also when it raises the lock is held.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="SynchronizationLockException">The current task does not hold the lock.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the condition's loop.</exception>
    public ValueTask WaitAsync(Func<bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        var scope = RequireLock();
        if (scope.IsCancelled) return scope.Cancelled();
        return predicate() ? scope.Pass() : WaitUntilAsync(predicate);
    }

    /// <summary>Wakes waiters; each goes on once it has the lock again. Whoever comes later is not meant.</summary>
    /// <param name="count">How many, the longest waiters first; where fewer wait, those.</param>
    /// <exception cref="ArgumentOutOfRangeException">The count is negative.</exception>
    /// <exception cref="SynchronizationLockException">The current task does not hold the lock.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the condition's loop.</exception>
    public void Notify(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        RequireLock();
        while (count-- > 0 && _waiters.TakeFirst() is { } waiter)
            _lock.Return(Unsafe.As<Waiter<AsyncLockHold>>(waiter), cancelled: false);
    }

    /// <summary>Wakes everybody who waits; each goes on once it has the lock again.</summary>
    /// <exception cref="SynchronizationLockException">The current task does not hold the lock.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the condition's loop.</exception>
    public void NotifyAll() => Notify(int.MaxValue);

    /// <summary>The condition at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncConditionStatistics GetStatistics() => new(_waiters.Count, _lock.GetStatistics());

    string IWaitSubject.Describe() => Describe();

    private string Describe() => $"{_loop} under {_lock.Describe()}";

    private async ValueTask WaitUntilAsync(Func<bool> predicate)
    {
        do await WaitAsync();
        while (!predicate());
    }

    private LoopScope RequireLock()
    {
        var scope = _loop.Enter();
        if (!_lock.IsHeldIn(scope)) ThrowNotHeld(scope);
        return scope;
    }

    private void ThrowNotHeld(LoopScope scope) => throw new SynchronizationLockException(
        $"{HolderText.Of(scope)} used {_loop} without holding {_lock.Describe()}. Take the lock first, in the same task: using (await gate.LockAsync()).");

    // Who is cancelled leaves the line, but not without the lock.
    private sealed class Line(AsyncCondition condition) : WaiterQueue(condition)
    {
        public override void Withdraw(Waiter waiter)
        {
            Remove(waiter);
            condition._lock.Return(Unsafe.As<Waiter<AsyncLockHold>>(waiter), cancelled: true);
        }
    }
}
