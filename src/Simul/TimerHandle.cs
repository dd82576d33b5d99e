using System.Diagnostics;

namespace Simul;

/// <summary>A callback that waits for its time, or is called again and again.</summary>
/// <remarks>Thread safety: belongs to its loop; <see cref="Cancel"/> may be called from any thread, from another one it is posted.</remarks>
[DebuggerDisplay("{IsPending ? \"pending\" : \"done\",nq}")]
public sealed class TimerHandle
{
    private readonly LoopCore _core;

    internal TimerHandle(LoopCore core, LoopScope scope, Action callback)
        : this(core, new CallbackTimer(core, scope, callback))
    {
    }

    internal TimerHandle(LoopCore core, TimerNode node)
    {
        _core = core;
        Node = node;
    }

    /// <summary>True while the time has not come and the call was not withdrawn; of a repeated call, until it is withdrawn.</summary>
    public bool IsPending => Node.Order >= 0;

    internal TimerNode Node { get; }

    /// <summary>Withdraws the call. Idempotent; no effect once its time has come. A repeated call is not made again.</summary>
    public void Cancel()
    {
        if (_core.IsCurrent) _core.Timers.Remove(Node);
        else _core.Inject(new Action<object?>(static x => ((TimerHandle)x!).Cancel()), this, _core.Host.RootContext);
    }

    private sealed class CallbackTimer(LoopCore core, LoopScope scope, Action callback) : TimerNode
    {
        private readonly ExecutionContext? _context = ExecutionContext.Capture();

        internal override void FireOnLoop() => core.PushCallback(callback, scope.Live, _context);
    }
}
