using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>Waits, inside a lock, for something that others change under the same lock: the wait gives the lock up, and takes it
/// again before it ends.</summary>
/// <remarks>
/// <para>Cancellation: a wait is a checkpoint. However it ends, the lock is held again; a cancellation is raised after that. Who
/// was notified and cancelled in the same turn has been notified: the next checkpoint raises.</para>
/// <para>Ordering: waiters are notified in the order in which they came; they then stand in the lock's line like everybody.</para>
/// <para>Thread safety: belongs to its lock's loop. Between threads use <see cref="Monitor"/>.</para>
/// <para>Semantics: asyncio's <c>Condition</c>.</para>
/// </remarks>
/// <example>
/// <code>
/// using (await gate.LockAsync())
/// {
///     await filled.WaitAsync(() => items.Count > 0);
///     items.Dequeue();
/// }
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed class AsyncCondition : IWaitSubject
{
    private readonly AsyncLock _lock;
    private readonly WaiterQueue _waiters;
    private LoopBinding _loop;

    /// <summary>Makes a condition.</summary>
    /// <param name="gate">The lock under which it is waited for and notified; several conditions may share one.</param>
    /// <param name="name">Shown in the task tree and in messages.</param>
    public AsyncCondition(AsyncLock gate, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(gate);
        _lock = gate;
        Name = name;
        _waiters = new WaiterQueue(this);
    }

    /// <summary>The name given.</summary>
    public string? Name { get; }

    /// <summary>Gives the lock up, waits to be notified, and takes the lock again. A checkpoint.</summary>
    /// <returns>Ends with the lock held, by the caller's own hold.</returns>
    /// <exception cref="SynchronizationLockException">The calling task does not hold the lock.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled; the lock is held all the same.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WaitAsync()
    {
        var scope = _loop.Enter("This condition");
        if (scope.IsCancelled)
        {
            _lock.RequireHeldBy(scope);
            throw scope.CancellationError();
        }
        int hold = _lock.Suspend(scope);
        try
        {
            await scope.WaitIn(_waiters);
        }
        finally
        {
            await _lock.ResumeAsync(scope, hold);
        }
    }

    /// <summary>Waits until something holds: looks now, and again each time it is notified.</summary>
    /// <param name="predicate">What must hold; called with the lock held.</param>
    /// <returns>Ends with the lock held and the predicate true.</returns>
    /// <exception cref="SynchronizationLockException">The calling task does not hold the lock.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled; the lock is held all the same.</exception>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public async ValueTask WaitAsync(Func<bool> predicate)
    {
        ArgumentNullException.ThrowIfNull(predicate);
        _lock.RequireHeldBy(_loop.Enter("This condition"));
        while (!predicate()) await WaitAsync();
    }

    /// <summary>Wakes the longest waiters; each goes on when it has the lock.</summary>
    /// <param name="count">How many at most.</param>
    /// <exception cref="SynchronizationLockException">The calling task does not hold the lock.</exception>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative.</exception>
    public void Notify(int count = 1)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        _lock.RequireHeldBy(_loop.Enter("This condition"));
        while (count-- > 0 && _waiters.TakeFirst() is { } waiter) waiter.Grant();
    }

    /// <summary>Wakes everybody who waits.</summary>
    /// <exception cref="SynchronizationLockException">The calling task does not hold the lock.</exception>
    public void NotifyAll() => Notify(int.MaxValue);

    /// <summary>The condition at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncConditionStatistics GetStatistics() => new(_waiters.Count, _lock.GetStatistics());

    string IWaitSubject.Describe() => Describe();

    private string Describe() => $"the condition{(Name is null ? "" : $" '{Name}'")} of {((IWaitSubject)_lock).Describe()}";
}
