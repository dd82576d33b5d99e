using System.Diagnostics;

namespace Simul;

/// <summary>A signal for loop tasks: they wait until somebody sets it.</summary>
/// <remarks>
/// <para><see cref="EventResetMode.ManualReset"/>: once set, everybody passes until it is reset. Setting it wakes all who wait at
/// that moment, even if it is reset before they run.</para>
/// <para><see cref="EventResetMode.AutoReset"/>: each <see cref="Set"/> lets one pass: the longest waiter, or the next to come.
/// Setting it twice while nobody waits lets one pass all the same; to count, use <see cref="AsyncSemaphore"/>.</para>
/// <para>Cancellation: a wait is a checkpoint; giving it up leaves the line. A signal that was handed to a waiter is kept, also
/// when the waiter is cancelled in the same turn; it never goes to one who has gone.</para>
/// <para>Ordering: first come, first served.</para>
/// <para>Thread safety: belongs to one loop, the first it is waited for on. Setting and resetting are legal from any thread;
/// from another one they are posted, in order. Between threads use <see cref="ManualResetEventSlim"/> or
/// <see cref="TaskCompletionSource"/>.</para>
/// <para>Semantics: asyncio's <c>Event</c>, with the BCL's two modes. trio's cannot be reset; make a new one where that matters.</para>
/// </remarks>
/// <example>
/// <code>
/// var open = new AsyncEvent();
/// group.Spawn(async () =>
/// {
///     await open.WaitAsync();
///     Console.WriteLine("in");
/// });
/// open.Set();
/// </code>
/// </example>
[DebuggerDisplay("{Describe(),nq}")]
public sealed class AsyncEvent : IWaitSubject
{
    private readonly WaiterQueue _waiters; // nobody while it is set
    private readonly bool _auto;
    private LoopBinding _loop;
    private bool _isSet;

    /// <summary>Makes an event.</summary>
    /// <param name="mode">Whether a signal lets everybody pass or one.</param>
    /// <param name="isSet">Whether it begins set.</param>
    /// <param name="name">Shown in the task tree and in messages.</param>
    /// <exception cref="ArgumentOutOfRangeException">The mode is none of the two.</exception>
    public AsyncEvent(EventResetMode mode = EventResetMode.ManualReset, bool isSet = false, string? name = null)
    {
        if (mode is not (EventResetMode.ManualReset or EventResetMode.AutoReset))
            throw new ArgumentOutOfRangeException(nameof(mode), mode, "An event is of the mode ManualReset or AutoReset.");
        _auto = mode == EventResetMode.AutoReset;
        _isSet = isSet;
        _loop = new LoopBinding("event", name, "ManualResetEventSlim or TaskCompletionSource");
        _waiters = new WaiterQueue(this);
    }

    /// <summary>The name given.</summary>
    public string? Name => _loop.Name;

    /// <summary>Whether the next to wait would pass. What was set from another thread shows once it has arrived.</summary>
    public bool IsSet => _isSet;

    /// <summary>Waits until the event is set. A checkpoint.</summary>
    /// <returns>Ends when it is, at once if it is already; in the mode <see cref="EventResetMode.AutoReset"/> with the signal taken.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the event's loop.</exception>
    public ValueTask WaitAsync()
    {
        var scope = _loop.Enter();
        if (!_isSet) return scope.WaitIn(_waiters);
        if (scope.IsCancelled) return scope.Cancelled();
        if (_auto) _isSet = false;
        return scope.Pass();
    }

    /// <summary>Sets the event; see <see cref="EventResetMode"/> for who passes. Idempotent.</summary>
    /// <remarks>Thread safety: legal from any thread; from another one than the loop's it is posted.</remarks>
    public void Set()
    {
        if (_loop.IsHere) SetOnLoop();
        else _loop.Post(static x => ((AsyncEvent)x!).SetOnLoop(), this);
    }

    /// <summary>Takes the signal away; whoever comes from now on waits. Idempotent.</summary>
    /// <remarks>Thread safety: legal from any thread; from another one than the loop's it is posted.</remarks>
    public void Reset()
    {
        if (_loop.IsHere) _isSet = false;
        else _loop.Post(static x => ((AsyncEvent)x!)._isSet = false, this);
    }

    /// <summary>The event at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    public AsyncEventStatistics GetStatistics() => new(_isSet, _waiters.Count);

    string IWaitSubject.Describe() => Describe();

    private string Describe() => $"{_loop}, {(_isSet ? "set" : "not set")}";

    private void SetOnLoop()
    {
        if (!_auto)
        {
            _isSet = true;
            while (_waiters.TakeFirst() is { } waiter) waiter.Grant();
        }
        else if (_waiters.TakeFirst() is { } next)
        {
            next.Grant();
        }
        else
        {
            _isSet = true;
        }
    }
}
