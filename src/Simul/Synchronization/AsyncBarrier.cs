using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>A place where a number of loop tasks wait for each other: when the last has come, all go on, and the next phase
/// begins.</summary>
/// <remarks>
/// <para>Cancellation: a wait is a checkpoint; giving it up takes the arrival back and breaks nothing, so one more has to come.
/// Once the last has come, all who were there have passed, also one that is cancelled in the same turn.</para>
/// <para>Ordering: places are given in the order of arrival. Who comes while those of a phase are only about to go on belongs to
/// the next phase.</para>
/// <para>Thread safety: belongs to one loop, the first it is used on. <see cref="Reset"/> and <see cref="Abort"/> are legal from
/// any thread; from another one they are posted. Between threads use <see cref="Barrier"/>.</para>
/// <para>Semantics: asyncio's <c>Barrier</c>. Place 0 is the leader, of which there is exactly one, as in tokio.</para>
/// </remarks>
/// <example>
/// <code>
/// var round = new AsyncBarrier(players);
/// while (true)
/// {
///     await PlayAsync();
///     if (await round.SignalAndWaitAsync() == 0) Console.WriteLine("round over");
/// }
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed class AsyncBarrier : IWaitSubject
{
    private readonly WaiterQueue _waiters; // Waiter<int>; always fewer than there are participants
    private LoopBinding _loop;

    /// <summary>Makes a barrier.</summary>
    /// <param name="participants">How many have to come; at least one.</param>
    /// <param name="name">Shown in the task tree and in messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is less than one.</exception>
    public AsyncBarrier(int participants, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(participants, 1);
        Participants = participants;
        _loop = new LoopBinding("barrier", name, "System.Threading.Barrier");
        _waiters = new WaiterQueue(this);
    }

    /// <summary>The name given.</summary>
    public string? Name => _loop.Name;

    /// <summary>How many have to come.</summary>
    public int Participants { get; }

    /// <summary>The number of the phase that tasks arrive in now: how often all have come so far.</summary>
    public long CurrentPhase { get; private set; }

    /// <summary>Whether it was aborted and not reset since.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Arrives, and waits for the others. A checkpoint.</summary>
    /// <returns>The place in this phase, from 0, by order of arrival: each is given once, 0 to the leader.</returns>
    /// <exception cref="BrokenBarrierException">The barrier is broken, or was reset or aborted during the wait.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled; the caller has not arrived.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the barrier's loop.</exception>
    public ValueTask<int> SignalAndWaitAsync()
    {
        var scope = _loop.Enter();
        if (scope.IsCancelled) return scope.Cancelled<int>();
        if (IsBroken) return ValueTask.FromException<int>(Aborted());
        return _waiters.Count < Participants - 1 ? scope.WaitIn<int>(_waiters) : scope.PassWith(EndPhase());
    }

    /// <summary>Sends away who waits, with <see cref="BrokenBarrierException"/>, and begins anew; repairs a broken barrier.</summary>
    /// <remarks>The phase keeps its number. Thread safety: legal from any thread; from another one than the loop's it is posted.</remarks>
    public void Reset()
    {
        if (_loop.IsHere) ResetOnLoop();
        else _loop.Post(static x => ((AsyncBarrier)x!).ResetOnLoop(), this);
    }

    /// <summary>Breaks the barrier: who waits and whoever comes gets <see cref="BrokenBarrierException"/>, until it is reset.</summary>
    /// <remarks>For a participant that will not come any more. Thread safety: legal from any thread; from another one than the
    /// loop's it is posted.</remarks>
    public void Abort()
    {
        if (_loop.IsHere) AbortOnLoop();
        else _loop.Post(static x => ((AsyncBarrier)x!).AbortOnLoop(), this);
    }

    /// <summary>The barrier at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncBarrierStatistics GetStatistics() => new(Participants, _waiters.Count, CurrentPhase, IsBroken);

    string IWaitSubject.Describe() => Describe();

    private string Describe() => $"{_loop}, {(IsBroken ? "broken" : $"{_waiters.Count} of {Participants} there")}";

    // All are there; the last one's place is returned.
    private int EndPhase()
    {
        int place = 0;
        while (_waiters.TakeFirst() is { } waiter) Unsafe.As<Waiter<int>>(waiter).Grant(place++);
        CurrentPhase++;
        return place;
    }

    private void ResetOnLoop()
    {
        IsBroken = false;
        while (_waiters.TakeFirst() is { } waiter)
            waiter.Fail(new BrokenBarrierException($"{_loop.Title} was reset while this task waited at it for the others. Arrive again if the phase is to be repeated."));
    }

    private void AbortOnLoop()
    {
        IsBroken = true;
        while (_waiters.TakeFirst() is { } waiter) waiter.Fail(Aborted());
    }

    // Each waiter has an exception of its own: one for all would collect the stack traces of all.
    private BrokenBarrierException Aborted() =>
        new($"{_loop.Title} was aborted, so its {Participants} participants will never be complete. Reset makes it usable again.");
}
