using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Simul;

// One wait on the loop: what every loop primitive hands out as a ValueTask. Pooled; a scope keeps one, so that a task that
// waits for one thing at a time never touches the pool.
//
//   state      may go to          by
//   Free       Pending, Granted   the primitive that arms it (baton holder)
//   Pending    Granted            the primitive, the timer queue
//   Pending    Cancelled, Failed  the scope; the primitive
//   any ended  Free               GetResult, once: a second await finds another version and throws
//
// A grant wins over a cancellation that comes in the same turn: only Pending can be cancelled, so nothing granted is lost.
//
// Owner of all fields: the loop's baton holder. GetStatus, OnCompleted and GetResult may come from a thread of the pool when
// an un-started wait is handed about; they are refused there, since their fields are not for sharing.
internal class Waiter : TimerNode, IValueTaskSource
{
    private const int PoolSize = 256;

    [ThreadStatic] private static Waiter? t_pool;
    [ThreadStatic] private static int t_pooled;

    private object? _awaiter;          // what goes on when the wait has ended, as the ready queue takes it
    private LoopScope? _scope;
    private object? _queueOrError;     // pending: where it stands in line, if anywhere; failed: what with
    internal Waiter? NextInQueue;      // also the pool's link
    internal Waiter? PreviousInQueue;
    internal int Place = -1;           // among the waits beside its scope's own
    private short _version;
    private WaiterState _state;
    private WaiterFlags _flags;

    public static Waiter Rent()
    {
        var waiter = t_pool;
        if (waiter is null) return new Waiter();
        t_pool = waiter.NextInQueue;
        t_pooled--;
        waiter.NextInQueue = null;
        return waiter;
    }

    public void ReturnToPool()
    {
        _scope = null; // a pooled waiter must not keep a task, and with it a loop, alive
        Keep();
    }

    protected virtual void Keep()
    {
        if (t_pooled >= PoolSize) return;
        NextInQueue = t_pool;
        t_pool = this;
        t_pooled++;
    }

    public bool IsFree => _state == WaiterState.Free;

    public bool IsPending => _state == WaiterState.Pending;

    // Its wait was begun, and nobody has awaited it.
    public bool IsAbandoned => _state != WaiterState.Free && (_flags & WaiterFlags.Awaited) == 0;

    public short Version => _version;

    public LoopScope Scope => _scope!;

    // Where it stands in line; null: nowhere, or in the timer queue.
    public WaiterQueue? Queue
    {
        get => _state == WaiterState.Pending ? Unsafe.As<WaiterQueue?>(_queueOrError) : null;
        set => _queueOrError = value;
    }

    // What goes on when the wait has ended, for who wants to know who waits: an async method, or what called UnsafeOnCompleted.
    // Null as well where somebody outside may end the wait at any time: whoever asks would call the loop stalled.
    public object? Awaiter => (_flags & (WaiterFlags.Awaited | WaiterFlags.Outside)) == WaiterFlags.Awaited ? ReadyQueue.StateOf(_awaiter) : null;

    public void MayEndFromOutside() => _flags |= WaiterFlags.Outside;

    // The wait begins.
    public void Arm(LoopScope scope, bool cancellable = true)
    {
        Debug.Assert(_state == WaiterState.Free, "A waiter serves one wait at a time.");
        if (_scope != scope) _scope = scope;
        _state = WaiterState.Pending;
        _flags = cancellable ? WaiterFlags.None : WaiterFlags.Uncancellable;
    }

    // The wait has what it wants already but gives up the turn: primitives whose caller has used up its step.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void ArmYield(LoopScope scope)
    {
        if (_scope != scope) _scope = scope; // a load is cheaper than the collector's write barrier
        _state = WaiterState.Granted;
        _flags = WaiterFlags.Yield;
    }

    public ValueTask AsValueTask() => new(this, _version);

    // What was waited for is there.
    public void Grant()
    {
        Debug.Assert(_state == WaiterState.Pending, "Only a pending wait can be granted.");
        _state = WaiterState.Granted;
        Schedule();
    }

    public void Fail(Exception error)
    {
        Debug.Assert(_state == WaiterState.Pending, "Only a pending wait can fail.");
        _state = WaiterState.Failed;
        _queueOrError = error;
        Schedule();
    }

    // The scope was cancelled. No effect on what is granted already.
    public void CancelOnLoop(LoopCore core)
    {
        if (_state != WaiterState.Pending || (_flags & WaiterFlags.Uncancellable) != 0) return;
        if (Queue is { } queue)
        {
            queue.Withdraw(this);
            if (Queue is not null) return; // it must stand in another line first
        }
        else
        {
            core.Timers.Remove(this);
        }
        _state = WaiterState.Cancelled;
        Schedule();
    }

    // From now on the wait ends by GrantOrCancel alone, in a cancellation if one came first: a condition's waiter that has to
    // get its lock back in any case.
    public void Commit(bool cancelled) => _flags |= cancelled ? WaiterFlags.Uncancellable | WaiterFlags.Doomed : WaiterFlags.Uncancellable;

    public void GrantOrCancel()
    {
        Debug.Assert(_state == WaiterState.Pending, "Only a pending wait can end.");
        _state = (_flags & WaiterFlags.Doomed) != 0 ? WaiterState.Cancelled : WaiterState.Granted;
        Schedule();
    }

    // Gives a wait in line up for another reason than its scope's. No effect on what has ended already.
    public void WithdrawWith(Exception error)
    {
        if (Queue is not { } queue) return;
        queue.Withdraw(this);
        Fail(error);
    }

    internal override void FireOnLoop() => Grant();

    internal override void Expected()
    {
        ProcessorCache.Expect(_scope);
        ProcessorCache.Expect(_awaiter);
    }

    public ValueTaskSourceStatus GetStatus(short token)
    {
        if (token != _version) ThrowUsedTwice();
        return _state switch
        {
            // Who asks while another waits already is about to wait too. Refused here, since what OnCompleted throws inside an
            // async method would end the process.
            WaiterState.Pending => (_flags & WaiterFlags.Awaited) == 0 ? PendingOnLoop() : ThrowUsedTwice(),
            WaiterState.Granted => (_flags & (WaiterFlags.Yield | WaiterFlags.Awaited)) == WaiterFlags.Yield ? ValueTaskSourceStatus.Pending : ValueTaskSourceStatus.Succeeded,
            WaiterState.Cancelled => ValueTaskSourceStatus.Canceled,
            _ => ValueTaskSourceStatus.Faulted,
        };
    }

    // A wait begun on the loop and awaited on another thread would touch the loop's queues from there.
    private ValueTaskSourceStatus PendingOnLoop() => _scope!.Core.IsCurrent
        ? ValueTaskSourceStatus.Pending
        : throw LoopAffinityException.OtherThread("This wait", _scope.Core.Name);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        if (token != _version || (_flags & WaiterFlags.Awaited) != 0) ThrowUsedTwice();
        _flags |= WaiterFlags.Awaited;
        bool common = flags == ValueTaskSourceOnCompletedFlags.UseSchedulingContext && SynchronizationContext.Current == _scope;
        if (common && _state == WaiterState.Granted)
        {
            // Nothing to wait for but the turn: straight into the queue, without a stop here.
            _scope!.Core.Ready.Push(continuation, state, _scope.Live);
            return;
        }
        _awaiter = common ? _scope!.Core.Ready.EntryFor(continuation, state) : EntryForUncommon(continuation, state, flags);
        if (_state != WaiterState.Pending) Schedule();
    }

    public void GetResult(short token)
    {
        if (token != _version) ThrowUsedTwice();
        if (_state == WaiterState.Granted)
        {
            Release();
            return;
        }
        ThrowFailure();
    }

    protected void ThrowFailure()
    {
        var (state, error, scope) = (_state, _queueOrError as Exception, _scope!);
        if (state == WaiterState.Pending)
            throw new InvalidOperationException("The result of a wait that has not ended was asked for. Await it; a wait on the loop cannot be blocked on.");
        Release();
        if (state == WaiterState.Cancelled) throw scope.CancellationError();
        System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error!);
    }

    protected void Release()
    {
        _version++;
        _state = WaiterState.Free;
        _flags = WaiterFlags.None;
        _queueOrError = null;
        var scope = _scope!;
        if (scope.OwnWaiter != this) scope.ReturnExtraWaiter(this);
    }

    protected void ThrowIfUsedTwice(short token)
    {
        if (token != _version) ThrowUsedTwice();
    }

    protected bool IsGranted => _state == WaiterState.Granted;

    protected Exception? Error => _state == WaiterState.Failed ? _queueOrError as Exception : null;

    // The uncommon awaiters: without a context, with a foreign one, or with an execution context to carry; or the wait began in
    // one scope and is awaited in another: it continues where it was awaited.
    private object EntryForUncommon(Action<object?> continuation, object? state, ValueTaskSourceOnCompletedFlags flags)
    {
        var ready = _scope!.Core.Ready;
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0 && ExecutionContext.Capture() is { } flowing && flowing != _scope.Core.BaseContext)
            continuation = Carrying(flowing, continuation);
        var context = (flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) == 0 ? null : SynchronizationContext.Current;
        if (context is null) return ready.EntryWithoutContext(continuation, state);
        return ready.EntryFor(context == _scope ? continuation : In(context, continuation), state);
    }

    // Methods of their own, so that only these ways pay for the closures.
    internal static Action<object?> Carrying(ExecutionContext flowing, Action<object?> continuation) =>
        state => ExecutionContext.Run(flowing, new ContextCallback(continuation), state);

    private static Action<object?> In(SynchronizationContext context, Action<object?> continuation) => context is LoopScope
        ? state => { SynchronizationContext.SetSynchronizationContext(context); continuation(state); }
        : state => context.Post(new SendOrPostCallback(continuation), state);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private void Schedule()
    {
        // Nobody awaits it yet: OnCompleted will find it ended.
        if (_awaiter is not { } awaiter) return;
        _awaiter = null;
        var scope = _scope!.Live;
        scope.Core.Ready.PushEntry(awaiter, scope);
    }

    private static ValueTaskSourceStatus ThrowUsedTwice() => throw UsedTwice();

    public static InvalidOperationException UsedTwice() =>
        new("A ValueTask from the loop was awaited twice, or used after its result was taken. Await it once; call AsTask() first to await it more often.");

    private enum WaiterState : byte
    {
        Free,
        Pending,
        Granted,
        Cancelled,
        Failed,
    }

    [Flags]
    private enum WaiterFlags : byte
    {
        None = 0,
        Uncancellable = 1, // the loop's own waits that must end: a group for its children
        Yield = 2,         // granted, but not before a turn
        Awaited = 4,       // its continuation is known
        Outside = 8,       // a caller's token may end it
        Doomed = 16,       // cancelled, but has to get something first
    }
}
