using System.Diagnostics;

namespace Simul;

internal enum ClockMemberState
{
    Busy,     // holds the clock
    Idle,     // waits for a deadline or for work, whichever comes first
    Sleeping, // blocks in Sleep: only its deadline, or its cancellation, ends it
    Left,
}

/// <summary>One who shares a <see cref="VirtualTimeProvider"/>: while it works the clock stands; while it is idle the clock
/// may jump, to its deadline at most.</summary>
/// <remarks>Thread safety: all members may be used from any thread.</remarks>
[DebuggerDisplay("{Name}: {State}")]
public sealed class ClockMember : IDisposable
{
    [ThreadStatic] private static ClockMember? t_current;

    private readonly Action? _wake;
    private readonly SemaphoreSlim _signal = new(0);
    private volatile bool _sleeping; // set by the sleeper before it idles, reset by it afterwards

    internal ClockMember(VirtualTimeProvider clock, string name, Action? wake)
    {
        Clock = clock;
        Name = name;
        _wake = wake;
    }

    /// <summary>The clock this is a member of.</summary>
    public VirtualTimeProvider Clock { get; }

    /// <summary>The name given when it joined.</summary>
    public string Name { get; }

    // Owner of the five: the clock's gate.
    internal ClockMemberState State { get; set; }

    internal bool Nudged { get; set; } // set by Busy, reset by the idle it prevents

    internal bool AsksWhenQuiet { get; set; } // set by an idle that hopes for others, reset by the answer that none is left

    internal bool SleepCancelled { get; set; } // set by the canceller, reset by the next sleep before anybody can cancel it

    internal long Until { get; set; } = long.MaxValue;

    /// <summary>The member on whose behalf the calling thread works; null outside virtual time. A blocking sleep on this
    /// thread is that member's sleep.</summary>
    public static ClockMember? Current
    {
        get => t_current;
        set => t_current = value;
    }

    /// <summary>Gives the clock free until a moment, without blocking.</summary>
    /// <param name="elapsed">The moment, as <see cref="VirtualTimeProvider.Elapsed"/> will show it;
    /// <see cref="TimeSpan.MaxValue"/> for no deadline.</param>
    /// <returns>True when the moment has come already: the member then holds the clock again, and its wake action is not called.</returns>
    public bool IdleUntil(TimeSpan elapsed) => Clock.Idle(this, elapsed.Ticks, ClockMemberState.Idle);

    /// <summary>Takes the clock again because work arrived. No effect while the member blocks in <see cref="Sleep"/>.</summary>
    public void Busy() => Clock.Busy(this);

    internal void Awake() => Clock.Awake(this);

    /// <summary>Blocks the calling thread until the time has passed on this clock.</summary>
    /// <param name="duration">How long; zero and negative return at once.</param>
    /// <param name="cancellationToken">Ends the sleep early.</param>
    /// <exception cref="OperationCanceledException">The token was cancelled.</exception>
    public void Sleep(TimeSpan duration, CancellationToken cancellationToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        if (duration <= TimeSpan.Zero) return;
        _sleeping = true;
        SleepCancelled = false;
        try
        {
            long until = Clock.Elapsed.Ticks > long.MaxValue - duration.Ticks ? long.MaxValue : Clock.Elapsed.Ticks + duration.Ticks;
            // Who cancels takes the clock for the sleeper: were that left to the sleeper's thread, the clock could jump before
            // it runs.
            using (cancellationToken.UnsafeRegister(static x => ((ClockMember)x!).CancelSleep(), this))
            {
                if (!Clock.Idle(this, until, ClockMemberState.Sleeping))
                {
                    // A loop, because the signal of an earlier sleep, cancelled just as its time came, may still be there.
                    do _signal.Wait(CancellationToken.None);
                    while (!Clock.IsBusy(this));
                }
            }
            if (Clock.Elapsed.Ticks < until) cancellationToken.ThrowIfCancellationRequested();
        }
        finally
        {
            _sleeping = false;
            Clock.Awake(this);
        }
    }

    /// <summary>Leaves: the clock no longer waits for this member. Its sleep, if it is asleep, ends at once, as later ones do.</summary>
    public void Dispose() => Clock.Leave(this);

    private void CancelSleep()
    {
        Clock.CancelSleep(this);
        _signal.Release();
    }

    internal void WakeNow()
    {
        if (_sleeping) _signal.Release();
        else _wake?.Invoke();
    }
}
