using System.Diagnostics;

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
    private LoopCore? _core;
    private LoopTask? _holder;
    private int _version; // odd while held; each hold has its own, so that a stale releaser is found out

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
        var scope = LoopScope.Require();
        Bind(scope);
        if ((_version & 1) == 0 && scope.TryPassCheckpoint())
        {
            return new(Take(scope));
        }
        if (scope.IsCancelled) return scope.Cancelled<AsyncLockHold>();
        return (_version & 1) == 0 ? scope.YieldWith(Take(scope)) : scope.WaitIn<AsyncLockHold>(_waiters);
    }

    /// <summary>Takes the lock if it is free. Not a checkpoint.</summary>
    /// <param name="hold">The hold; dispose it to release.</param>
    /// <returns>True when it was free.</returns>
    public bool TryLock(out AsyncLockHold hold)
    {
        var scope = LoopScope.Require();
        Bind(scope);
        hold = (_version & 1) == 0 ? Take(scope) : default;
        return hold.IsHeld;
    }

    /// <summary>The lock at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncLockStatistics GetStatistics() => new((_version & 1) != 0, _holder?.Name, _waiters.Count);

    string IWaitSubject.Describe() => Describe();

    internal void Release(int version)
    {
        if (_core!.IsCurrent) ReleaseOnLoop(version);
        else PostRelease(version);
    }

    // Apart, because C# makes the closure where the method begins.
    private void PostRelease(int version) => _core!.Inject(new Action<object?>(_ => ReleaseOnLoop(version)), null, _core.Host.RootContext);

    private string Describe() => $"the lock{(Name is null ? "" : $" '{Name}'")}" + ((_version & 1) == 0 ? ", free" : $", held by {_holder?.Description ?? "a callback"}");

    private void Bind(LoopScope scope)
    {
        if (_core == scope.Core) return;
        if (_core is not null) throw LoopAffinityException.OtherThread("This lock", _core.Name);
        _core = scope.Core;
    }

    private AsyncLockHold Take(LoopScope scope)
    {
        _holder = scope.Owner;
        return new AsyncLockHold(this, ++_version);
    }

    private void ReleaseOnLoop(int version)
    {
        if (version != _version)
            throw new InvalidOperationException($"{Describe()} was released by a hold that is over. Dispose a hold once, and keep no copies of it.");
        if (_waiters.TakeFirst() is not { } next)
        {
            _version++;
            _holder = null;
            return;
        }
        // Handed over, never free in between.
        _version += 2;
        _holder = next.Scope.Owner;
        ((Waiter<AsyncLockHold>)next).Grant(new AsyncLockHold(this, _version));
    }
}
