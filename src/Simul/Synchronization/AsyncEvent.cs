using System.Diagnostics;

namespace Simul;

/// <summary>A signal for loop tasks: they wait until it is set. Manual, it stays set and lets everybody through; automatic, each
/// <see cref="Set"/> lets exactly one through.</summary>
/// <remarks>
/// <para>Cancellation: a wait is a checkpoint; giving it up never loses a signal.</para>
/// <para>Ordering: waiters go on in the order in which they came. All who wait when a manual event is set go on, also when it is
/// reset at once.</para>
/// <para>Thread safety: belongs to one loop, the first it is used on. Setting and resetting are legal from any thread, and are
/// posted from another one. Between threads use <see cref="ManualResetEventSlim"/> or <see cref="AutoResetEvent"/>.</para>
/// <para>Semantics: asyncio's <c>Event</c>, and .NET's two kinds.</para>
/// </remarks>
/// <example>
/// <code>
/// var ready = new AsyncEvent();
/// group.Spawn(async () =>
/// {
///     await ready.WaitAsync();
///     Console.WriteLine("off we go");
/// });
/// ready.Set();
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed class AsyncEvent : IWaitSubject
{
    private readonly WaiterQueue _waiters;
    private readonly bool _automatic;
    private LoopBinding _loop;

    /// <summary>Makes an event.</summary>
    /// <param name="mode">Whether it stays set (<see cref="EventResetMode.ManualReset"/>) or lets one waiter through for each
    /// <see cref="Set"/> (<see cref="EventResetMode.AutoReset"/>).</param>
    /// <param name="isSet">Whether it is set at the start.</param>
    /// <param name="name">Shown in the task tree and in messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">The mode is neither of the two.</exception>
    public AsyncEvent(EventResetMode mode = EventResetMode.ManualReset, bool isSet = false, string? name = null)
    {
        if (mode is not (EventResetMode.ManualReset or EventResetMode.AutoReset))
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "An event is reset manually or automatically. Use EventResetMode.ManualReset or EventResetMode.AutoReset.");
        _automatic = mode == EventResetMode.AutoReset;
        IsSet = isSet;
        Name = name;
        _waiters = new WaiterQueue(this);
    }

    /// <summary>The name given.</summary>
    public string? Name { get; }

    /// <summary>Whether a wait would end at once.</summary>
    public bool IsSet { get; private set; }

    /// <summary>Waits until the event is set. A checkpoint.</summary>
    /// <returns>Ends when it is; an automatic event is reset with that.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the event's loop.</exception>
    public ValueTask WaitAsync()
    {
        var scope = _loop.Enter("This event");
        if (IsSet && scope.TryPassCheckpoint())
        {
            IsSet = !_automatic;
            return default;
        }
        if (scope.IsCancelled) return scope.Cancelled();
        if (!IsSet) return scope.WaitIn(_waiters);
        IsSet = !_automatic;
        return scope.YieldUncancelled();
    }

    /// <summary>Sets it. Automatic: the longest waiter goes on; where none waits, the next one will not have to.</summary>
    public void Set()
    {
        if (_loop.IsHere) SetOnLoop();
        else _loop.Post(static x => ((AsyncEvent)x!).SetOnLoop(), this);
    }

    /// <summary>Resets it: from now on waits wait.</summary>
    public void Reset()
    {
        if (_loop.IsHere) IsSet = false;
        else _loop.Post(static x => ((AsyncEvent)x!).IsSet = false, this);
    }

    /// <summary>The event at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncEventStatistics GetStatistics() => new(IsSet, _waiters.Count);

    string IWaitSubject.Describe() => Describe();

    private string Describe() => $"the event{(Name is null ? "" : $" '{Name}'")}, {(IsSet ? "set" : "not set")}";

    private void SetOnLoop()
    {
        if (_automatic)
        {
            if (_waiters.TakeFirst() is { } next) next.Grant();
            else IsSet = true;
            return;
        }
        IsSet = true;
        while (_waiters.TakeFirst() is { } waiter) waiter.Grant();
    }
}
