using System.Runtime.CompilerServices;
using System.Threading.Tasks.Sources;

namespace Simul;

// What Yield hands out. The turn is given up and nothing is waited for, so nothing need be remembered for each wait: one
// object serves every yield of a loop. A waiter of each task's own was a cache line more for every switch (bench yield: 4 to
// 5 ns of 42). The price: to await the same ValueTask twice is not noticed; it gives up the turn twice.
// Owner: the loop's baton holder.
internal sealed class YieldSource(LoopCore core) : IValueTaskSource
{
    // Pending for whoever asks before the await: an await of it must suspend.
    public ValueTaskSourceStatus GetStatus(short token) => ValueTaskSourceStatus.Pending;

    public void GetResult(short token)
    {
    }

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags)
    {
        var context = SynchronizationContext.Current;
        // Mostly the context that the running entry began with; then its type is known without asking.
        if (flags == ValueTaskSourceOnCompletedFlags.UseSchedulingContext && context is not null && context == core.EntryContext)
            core.Ready.Push(continuation, state, Unsafe.As<LoopScope>(context).Live);
        else
            OnCompletedUncommonly(continuation, state, flags, context);
    }

    // In a scope entered since, without a context, with a foreign one, or with an execution context to carry.
    private void OnCompletedUncommonly(Action<object?> continuation, object? state, ValueTaskSourceOnCompletedFlags flags, SynchronizationContext? context)
    {
        if (!core.IsCurrent) throw LoopAffinityException.OtherThread("Awaiting EventLoop.Yield", core.Name);
        if ((flags & ValueTaskSourceOnCompletedFlags.FlowExecutionContext) != 0 && ExecutionContext.Capture() is { } flowing && flowing != core.BaseContext)
        {
            var (inner, innerState) = (continuation, state);
            continuation = _ => ExecutionContext.Run(flowing, s => inner(s), innerState);
            state = null;
        }
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) == 0) context = null;
        if (context is LoopScope scope && scope.Core == core)
        {
            core.Ready.Push(continuation, state, scope.Live);
            return;
        }
        Action<object?> elsewhere = context is null
            ? _ => { SynchronizationContext.SetSynchronizationContext(null); continuation(state); }
            : _ => context.Post(s => continuation(s), state);
        core.Ready.Push(elsewhere, null, core.EntryContext ?? core.Host.RootContext);
    }
}
