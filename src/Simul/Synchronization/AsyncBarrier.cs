using System.Diagnostics;

namespace Simul;

/// <summary>Where a number of tasks wait for each other: all go on when the last has come. Then it serves the next phase.</summary>
/// <remarks>
/// <para>Cancellation: arriving is a checkpoint; who gives up is no longer counted, and the others wait for somebody else.</para>
/// <para>Ordering: places are given in the order of arrival. Who comes again at once belongs to the next phase.</para>
/// <para>Thread safety: belongs to one loop, the first it is used on. <see cref="Reset"/> and <see cref="Abort"/> are legal from
/// any thread, and are posted from another one. Between threads use <see cref="Barrier"/>.</para>
/// <para>Semantics: asyncio's <c>Barrier</c>.</para>
/// </remarks>
[DebuggerDisplay("{Describe(),nq}")]
public sealed class AsyncBarrier : IWaitSubject
{
    private readonly WaiterQueue _waiters;
    private LoopBinding _loop;

    /// <summary>Makes a barrier.</summary>
    /// <param name="participants">How many must come; one or more.</param>
    /// <param name="name">Shown in the task tree and in messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">The number is zero or negative.</exception>
    public AsyncBarrier(int participants, string? name = null)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(participants);
        Participants = participants;
        Name = name;
        _waiters = new WaiterQueue(this);
    }

    /// <summary>The name given.</summary>
    public string? Name { get; }

    /// <summary>How many must come.</summary>
    public int Participants { get; }

    /// <summary>Phases that have ended with everybody there.</summary>
    public long CurrentPhase { get; private set; }

    /// <summary>True from <see cref="Abort"/> to <see cref="Reset"/>.</summary>
    public bool IsBroken { get; private set; }

    /// <summary>Arrives, and waits for the others. A checkpoint.</summary>
    /// <returns>The caller's place in the order of arrival, from 0 to <see cref="Participants"/> - 1, each given once a phase: who
    /// has place 0 may do what one of them must.</returns>
    /// <exception cref="BrokenBarrierException">The barrier was reset or aborted meanwhile, or is broken.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    public ValueTask<int> SignalAndWaitAsync()
    {
        var scope = _loop.Enter("This barrier");
        if (scope.IsCancelled) return scope.Cancelled<int>();
        if (IsBroken) return ValueTask.FromException<int>(Broken("is broken: it was aborted"));
        if (_waiters.Count + 1 < Participants) return scope.WaitIn<int>(_waiters);
        CurrentPhase++;
        for (int place = 0; _waiters.TakeFirst() is { } waiter; place++) ((Waiter<int>)waiter).Grant(place);
        return scope.TryPassCheckpoint() ? new(Participants - 1) : scope.YieldWith(Participants - 1);
    }

    /// <summary>Sends everybody who waits away with <see cref="BrokenBarrierException"/>; the barrier then is as new.</summary>
    public void Reset()
    {
        if (_loop.IsHere) ResetOnLoop();
        else _loop.Post(static x => ((AsyncBarrier)x!).ResetOnLoop(), this);
    }

    /// <summary>Sends everybody away, and all who come until <see cref="Reset"/>, with <see cref="BrokenBarrierException"/>.</summary>
    public void Abort()
    {
        if (_loop.IsHere) AbortOnLoop();
        else _loop.Post(static x => ((AsyncBarrier)x!).AbortOnLoop(), this);
    }

    /// <summary>The barrier at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncBarrierStatistics GetStatistics() => new(Participants, _waiters.Count, CurrentPhase, IsBroken);

    string IWaitSubject.Describe() => Describe();

    private string Describe() => $"{Title}, {(IsBroken ? "broken" : $"{_waiters.Count} of {Participants} there")}";

    private string Title => $"the barrier{(Name is null ? "" : $" '{Name}'")}";

    private BrokenBarrierException Broken(string what) => new($"{Title} {what}. Call Reset before it is used again.");

    private void ResetOnLoop()
    {
        IsBroken = false;
        while (_waiters.TakeFirst() is { } waiter) waiter.Fail(new BrokenBarrierException($"{Title} was reset while this task waited at it. Arrive again if the work is to go on."));
    }

    private void AbortOnLoop()
    {
        IsBroken = true;
        while (_waiters.TakeFirst() is { } waiter) waiter.Fail(Broken("was aborted while this task waited at it"));
    }
}
