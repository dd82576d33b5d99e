using System.Runtime.CompilerServices;

namespace Simul;

public partial class LoopScope
{
    /// <summary>The scope the calling code runs in.</summary>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static LoopScope Require()
    {
        // The context says who runs, not a field of the loop: an awaited method comes back with its own.
        return Current is LoopScope scope && scope.Core.IsCurrent && !scope.IsClosed ? scope : RequireSlow();
    }

    // The same for who knows already that it holds this loop's baton. Mostly it is the scope the running entry began with; then
    // its type is known without asking.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal static LoopScope RequireOn(LoopCore core)
    {
        var context = Current;
        if (context is not null && context == core.EntryContext)
        {
            var scope = Unsafe.As<LoopScope>(context);
            if (!scope.IsClosed) return scope;
        }
        return RequireSlow();
    }

    internal static LoopScope? Find()
    {
        var core = LoopCore.Current;
        if (core is null) return null;
        if (Current is LoopScope scope && scope.Core == core) return scope.Live;
        // Library code that asked for no context, continued by the loop: it belongs to the entry that runs.
        return ((core.EntryContext ?? core.Host.RootContext) as LoopScope)?.Live;
    }

    // A checkpoint that need not wait: false when the caller must go the long way, because the scope is cancelled or the step
    // has used up its allowance of waits that did not wait (an always-ready reader must not starve the others).
    internal bool TryPassCheckpoint()
    {
        return (_flags & ScopeFlags.Effective) == 0 && --Core.StepBudget > 0;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask Yield()
    {
        if ((_flags & ScopeFlags.Effective) != 0) return Cancelled();
        return new ValueTask(Core.Yields, 0);
    }

    // A schedule point that is no cancel point: what ends must be able to end.
    internal ValueTask YieldUncancelled() => new(Core.Yields, 0);

    internal ValueTask Delay(TimeSpan duration)
    {
        if (duration <= TimeSpan.Zero)
        {
            if (duration == TimeSpan.Zero) return Yield();
            if (duration != Timeout.InfiniteTimeSpan)
                throw new ArgumentOutOfRangeException(nameof(duration), duration, "A delay must not be negative. Use TimeSpan.Zero to give up the turn, or Timeout.InfiniteTimeSpan to wait for a cancellation.");
        }
        if ((_flags & ScopeFlags.Effective) != 0) return Cancelled();
        if (duration == Timeout.InfiniteTimeSpan)
        {
            var forever = RentWaiter();
            forever.Arm(this);
            return forever.AsValueTask();
        }
        long when = Core.DeadlineIn(duration);
        var waiter = RentWaiter();
        waiter.Arm(this);
        Core.Timers.Add(waiter, when);
        return waiter.AsValueTask();
    }

    internal ValueTask DelayUntil(long when)
    {
        if ((_flags & ScopeFlags.Effective) != 0) return Cancelled();
        if (when <= Core.Clock.Now) return Yield();
        var waiter = RentWaiter();
        waiter.Arm(this);
        Core.Timers.Add(waiter, when);
        return waiter.AsValueTask();
    }

    // Waits in line.
    internal ValueTask WaitIn(WaiterQueue queue)
    {
        if ((_flags & ScopeFlags.Effective) != 0) return Cancelled();
        var waiter = RentWaiter();
        waiter.Arm(this);
        queue.Add(waiter);
        return waiter.AsValueTask();
    }

    internal ValueTask<T> WaitIn<T>(WaiterQueue queue)
    {
        if ((_flags & ScopeFlags.Effective) != 0) return Cancelled<T>();
        var waiter = RentWaiter<T>();
        waiter.Arm(this);
        queue.Add(waiter);
        return waiter.AsValueTaskOfT();
    }

    // Waits in line and brings something along: what it wants, or what it offers.
    internal ValueTask<T> WaitInWith<T>(WaiterQueue queue, T value)
    {
        if ((_flags & ScopeFlags.Effective) != 0) return Cancelled<T>();
        var waiter = RentWaiter<T>();
        waiter.Offer(value);
        waiter.Arm(this);
        queue.Add(waiter);
        return waiter.AsValueTaskOfT();
    }

    // A checkpoint in a scope that is not cancelled, for one who has what it wants: it goes on at once, or after a turn when the
    // step has used up its allowance.
    internal ValueTask Pass() => --Core.StepBudget > 0 ? default : YieldUncancelled();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal ValueTask<T> PassWith<T>(T value) => --Core.StepBudget > 0 ? new(value) : YieldWith(value);

    // What is wanted is had already, but the turn is given up first.
    internal ValueTask<T> YieldWith<T>(T value)
    {
        var waiter = RentWaiter<T>();
        waiter.ArmYield(this, value);
        return waiter.AsValueTaskOfT();
    }

    internal ValueTask Cancelled() => ValueTask.FromException(CancellationError());

    internal ValueTask<T> Cancelled<T>() => ValueTask.FromException<T>(CancellationError());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    internal Waiter RentWaiter()
    {
        var waiter = OwnWaiter;
        return waiter is not null && waiter.IsFree ? waiter : RentWaiterSlow();
    }

    internal Waiter<T> RentWaiter<T>()
    {
        var own = OwnWaiter;
        if (own is Waiter<T> { IsFree: true } fitting) return fitting;
        var waiter = Waiter<T>.Rent();
        if (own is null || own.IsFree)
        {
            own?.ReturnToPool();
            OwnWaiter = waiter;
        }
        else
        {
            Extras.AddWaiter(waiter);
        }
        return waiter;
    }

    internal void ReturnExtraWaiter(Waiter waiter)
    {
        if (waiter.Place >= 0) _extras!.RemoveWaiter(waiter); // not the scope's own that outlived it
        waiter.ReturnToPool();
    }

    internal Waiter? FirstPendingWaiter() => OwnWaiter is { IsPending: true } own ? own : _extras?.FirstPendingWaiter();

    internal IEnumerable<Waiter> PendingWaiters()
    {
        if (OwnWaiter is { IsPending: true } own) yield return own;
        foreach (var waiter in _extras?.PendingWaiters() ?? []) yield return waiter;
    }

    // Begun and never awaited; for who closes the scope.
    internal IEnumerable<Waiter> AbandonedWaiters()
    {
        if (OwnWaiter is { IsAbandoned: true } own) yield return own;
        foreach (var waiter in _extras?.AbandonedWaiters() ?? []) yield return waiter;
    }

    private Waiter RentWaiterSlow()
    {
        var waiter = Waiter.Rent();
        if (OwnWaiter is null) OwnWaiter = waiter;
        else Extras.AddWaiter(waiter);
        return waiter;
    }

    private static LoopScope RequireSlow() => Find() ?? throw LoopAffinityException.NotOnLoop();

    // Setting a scope's properties is for code on its loop.
    private void RequireBaton()
    {
        if (!Core.IsCurrent) throw LoopAffinityException.OtherThread(Description, Core.Name);
    }
}
