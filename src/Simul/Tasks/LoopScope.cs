using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>What can be cancelled on a loop: a <see cref="LoopTask"/>, a <see cref="CancelScope"/>, a group of tasks. It is the
/// <see cref="SynchronizationContext"/> of the code that runs in it.</summary>
/// <remarks>
/// <para>Cancellation: level-triggered, as in trio. Once cancelled, every checkpoint inside raises
/// <see cref="OperationCanceledException"/>, again and again, until the region is left. Only waits on Simul's own awaitables
/// are checkpoints; a foreign await hears a cancellation through <see cref="Token"/> alone.</para>
/// <para>What is granted wins: a lock or an item that was handed over in the same turn is kept, and the next checkpoint
/// raises.</para>
/// <para>Thread safety: belongs to its loop. <see cref="Cancel"/> may be called from any thread; from another one it is
/// posted.</para>
/// </remarks>
[DebuggerDisplay("{Description,nq}")]
public abstract partial class LoopScope : SynchronizationContext, IStepOwner
{
    private ScopeList? _children;      // owner of all: the loop's baton holder
    private LoopScopeExtras? _extras;  // deadline, token, further waiters: what most scopes never need
    private ScopeFlags _flags;

    // Among its parent's children.
    internal int Place;

    // A task's own, kept here because beside the flags they cost a sleeping task no further word.
    private protected LoopTaskStatus StatusOfTask;
    private protected int NumberOfTask;

    private protected LoopScope(LoopCore core, LoopScope? parent)
    {
        Core = core;
        Parent = parent;
        parent?.Adopt(this);
    }

    internal LoopCore Core { get; }

    internal LoopScope? Parent { get; private set; }

    // The waiter this scope keeps for its own waits; typed ones take its place when they are needed.
    internal Waiter? OwnWaiter;

    /// <summary>True once this scope's own switch was thrown, by <see cref="Cancel"/> or its deadline.</summary>
    public bool IsCancellationRequested => (_flags & ScopeFlags.Requested) != 0;

    /// <summary>True when checkpoints in this scope raise: it, or a scope around it up to the nearest shield, was cancelled.</summary>
    public bool IsCancelled => (_flags & ScopeFlags.Effective) != 0;

    /// <summary>True when the scope was cancelled by its deadline.</summary>
    public bool IsTimedOut => (_flags & ScopeFlags.TimedOut) != 0;

    /// <summary>Why it was cancelled; null while it is not, or when no reason was given.</summary>
    public string? Reason => _extras?.Reason;

    /// <summary>Whether cancellations from outside stop at this scope's edge. May be changed at any time; a cancellation held
    /// off reaches the inside when the shield is lowered.</summary>
    public bool Shield
    {
        get => (_flags & ScopeFlags.Shield) != 0;
        set
        {
            RequireBaton();
            if (value == Shield) return;
            if (value)
            {
                _flags |= ScopeFlags.Shield;
                if (IsCancelled && !IsCancellationRequested) ClearInherited();
            }
            else
            {
                _flags &= ~ScopeFlags.Shield;
                if (Parent is { IsCancelled: true }) MakeEffective();
            }
        }
    }

    /// <summary>When the scope is cancelled by itself, on the loop's clock (<see cref="EventLoop.Now"/>); null for never. May be
    /// moved both ways until the scope is cancelled or left.</summary>
    public TimeSpan? Deadline
    {
        get => _extras?.Deadline is { } ticks ? TimeSpan.FromTicks(ticks) : null;
        set
        {
            RequireBaton();
            if (value is null && _extras is null) return;
            Extras.SetDeadline(value?.Ticks);
            if (value?.Ticks <= Core.Clock.Now) TimeOut(); // as Enter does: the next checkpoint raises
        }
    }

    /// <summary>Has the scope cancelled when a time has passed from now; moves its <see cref="Deadline"/>.</summary>
    /// <param name="duration">How long; zero or less cancels at once, <see cref="Timeout.InfiniteTimeSpan"/> takes the deadline away.</param>
    /// <exception cref="ArgumentOutOfRangeException">The time ends after the end of time.</exception>
    public void CancelAfter(TimeSpan duration)
    {
        RequireBaton();
        Deadline = duration == Timeout.InfiniteTimeSpan ? null : TimeSpan.FromTicks(duration > TimeSpan.Zero ? Core.DeadlineIn(duration) : Core.Clock.Now);
    }

    /// <summary>Cancelled when checkpoints in this scope would raise; for calls that know nothing of scopes.</summary>
    /// <remarks>Made on first use. Once cancelled it stays so. Its callbacks run on the loop; what they throw goes to the
    /// loop's unhandled-error handler, not to the canceller.</remarks>
    public CancellationToken Token
    {
        get
        {
            RequireBaton();
            return Extras.Token(IsCancelled);
        }
    }

    /// <summary>Cancels the scope: every pending wait inside ends now, every later checkpoint raises. Idempotent.</summary>
    /// <param name="reason">Shown in the exceptions.</param>
    public void Cancel(string? reason = null)
    {
        if (Core.IsCurrent) CancelOnLoop(reason);
        else Core.Inject(new Action<object?>(x => CancelOnLoop((string?)x)), reason, Live);
    }

    // How it is called in messages.
    internal abstract string Description { get; }

    // The loop task whose code runs in this scope; null for the loop's root.
    internal virtual LoopTask? Owner => Parent?.Owner;

    // A task's number on its loop.
    internal int Number => NumberOfTask;

    string IStepOwner.StepName => Owner?.Name ?? Core.Name;

    int IStepOwner.StepTask => Owner?.Number ?? 0;

    internal bool IsClosed => (_flags & ScopeFlags.Closed) != 0;

    // This scope, or the nearest one around it that has not been left: where stray work runs.
    internal LoopScope Live
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get => (_flags & ScopeFlags.Closed) == 0 ? this : LiveAncestor();
    }

    internal LoopScopeExtras? ExtrasOrNull => _extras;

    internal LoopScopeExtras Extras => _extras ??= new LoopScopeExtras(this);

    internal LoopScope? FirstChild => _children?.First;

    internal LoopScope? NextSibling => Parent?._children?.After(Place);

    // A child that is gone: a task's group counts them.
    private protected virtual void ChildClosed(LoopScope child)
    {
    }

    private protected virtual void ChildAdopted(LoopScope child)
    {
    }

    // Called once, after construction: takes over what is cancelled around it.
    private protected void Begin(bool shield = false)
    {
        if (shield) _flags |= ScopeFlags.Shield;
        else if (Parent is { IsCancelled: true }) _flags |= ScopeFlags.Effective;
    }

    // Ends the scope's life: strays inside are cancelled, the waiter goes back to the pool, the parent forgets it.
    internal void Close()
    {
        if (IsClosed) return;
        if (Core.Watch is TaskWatch watch) watch.Closing(this);
        _flags |= ScopeFlags.Closed;
        _extras?.Close();
        if (_children is { Count: > 0 }) CloseStrayChildren();
        if (OwnWaiter is { } own)
        {
            OwnWaiter = null;
            if (own.IsPending) own.CancelOnLoop(Core);
            if (own.IsFree) own.ReturnToPool();
        }
        Parent?.Disown(this);
    }

    // Scopes that an un-awaited method of this task left open. A group among them may have children that still run: it is
    // cancelled and moves to the loop's root, which waits for it.
    private void CloseStrayChildren()
    {
        while (_children!.First is { } child)
        {
            child.CancelOnLoop("the task it belongs to has ended");
            if (child is GroupScope { CurrentChildren: > 0 } && Core.Host.RootContext is LoopScope root && root != this)
            {
                Disown(child);
                child.Parent = root;
                root.Adopt(child);
            }
            else
            {
                child.Close();
            }
        }
    }

    private LoopScope LiveAncestor()
    {
        var scope = this;
        while (scope.IsClosed && scope.Parent is { } parent) scope = parent;
        return scope;
    }

    private void Adopt(LoopScope child)
    {
        ChildAdopted(child);
        child.Place = (_children ??= new ScopeList()).Add(child);
    }

    private void Disown(LoopScope child)
    {
        _children!.RemoveAt(child.Place);
        ChildClosed(child);
    }

    [Flags]
    private enum ScopeFlags : byte
    {
        None = 0,
        Requested = 1, // this scope's own switch; set once
        Effective = 2, // checkpoints raise: it or one around it up to the shield is cancelled; reset by raising a shield
        Shield = 4,
        TimedOut = 8,
        Closed = 16,   // left, or its task has ended; set once
    }
}
