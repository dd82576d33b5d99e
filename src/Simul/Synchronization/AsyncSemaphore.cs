using System.Diagnostics;

namespace Simul;

/// <summary>A number of permits for loop tasks; who finds none stands in line.</summary>
/// <remarks>
/// <para>Cancellation: a wait is a checkpoint; giving it up leaves the line and never loses a permit.</para>
/// <para>Ordering: first come, first served; a release hands its permit to the longest waiter, and a releaser that waits again
/// goes behind those who wait already.</para>
/// <para>Thread safety: belongs to one loop, the first it is used on. Releasing is legal from any thread. Between threads use
/// <see cref="SemaphoreSlim"/>.</para>
/// <para>Semantics: the BCL's <see cref="SemaphoreSlim"/>, but fair. Permits have no owner: who releases need not be who waited.
/// Where it should be, use <see cref="CapacityLimiter"/>.</para>
/// </remarks>
/// <example>
/// <code>
/// var permits = new AsyncSemaphore(3);
/// await permits.WaitAsync();
/// try { await ReadReplyAsync(); }
/// finally { permits.Release(); }
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed class AsyncSemaphore : IWaitSubject
{
    private readonly WaiterQueue _waiters;
    private readonly int _maximum;
    private LoopBinding _loop;
    private int _permits;

    /// <summary>Makes a semaphore.</summary>
    /// <param name="permits">Permits at the start; zero or more.</param>
    /// <param name="maximum">The most there may ever be; a release beyond it throws. Default: no bound.</param>
    /// <param name="name">Shown in the task tree and in messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is negative or above the maximum.</exception>
    public AsyncSemaphore(int permits, int maximum = int.MaxValue, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(permits);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(permits, maximum);
        _permits = permits;
        _maximum = maximum;
        _loop = new LoopBinding("semaphore", name, "SemaphoreSlim");
        _waiters = new WaiterQueue(this);
    }

    /// <summary>The name given.</summary>
    public string? Name => _loop.Name;

    /// <summary>Takes a permit, waiting in line while there is none. A checkpoint.</summary>
    /// <returns>Ends with the permit taken; give it back with <see cref="Release"/>.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the semaphore's loop.</exception>
    public ValueTask WaitAsync()
    {
        var scope = _loop.Enter();
        if (_permits == 0) return scope.WaitIn(_waiters);
        if (scope.IsCancelled) return scope.Cancelled();
        _permits--;
        return scope.Pass();
    }

    /// <summary>Takes a permit if there is one. Not a checkpoint.</summary>
    /// <returns>True when there was one.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on the semaphore's loop.</exception>
    public bool TryWait()
    {
        _loop.RequireLoop();
        if (_permits == 0) return false;
        _permits--;
        return true;
    }

    /// <summary>Gives a permit back, to the longest waiter if there is one.</summary>
    /// <remarks>Thread safety: legal from any thread; from another one than the loop's it is posted.</remarks>
    /// <exception cref="InvalidOperationException">There would be more than the maximum; posted from another thread it goes to
    /// the loop's unhandled-error handler.</exception>
    public void Release()
    {
        if (_loop.IsHere) ReleaseOnLoop();
        else _loop.Post(static x => ((AsyncSemaphore)x!).ReleaseOnLoop(), this);
    }

    /// <summary>The semaphore at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncSemaphoreStatistics GetStatistics() => new(_permits, _waiters.Count);

    string IWaitSubject.Describe() => Describe();

    private string Describe() => $"{_loop}, {_permits} permits free";

    private void ReleaseOnLoop()
    {
        if (_waiters.TakeFirst() is { } next)
        {
            next.Grant();
            return;
        }
        if (_permits == _maximum)
            throw new InvalidOperationException($"A release would give {Describe()}, more than its maximum of {_maximum}. Release once for each permit taken.");
        _permits++;
    }
}
