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
            continuation = Waiter.Carrying(flowing, continuation);
        if ((flags & ValueTaskSourceOnCompletedFlags.UseSchedulingContext) == 0) context = null;
        if (context is LoopScope scope && scope.Core == core)
        {
            core.Ready.Push(continuation, state, scope.Live);
            return;
        }
        var here = core.EntryContext ?? core.Host.RootContext;
        if (context is null) core.Ready.PushEntry(core.Ready.EntryWithoutContext(continuation, state), here);
        else PushForeign(context, continuation, state, here);
    }

    // A method of its own, so that only this way pays for the closure.
    private void PushForeign(SynchronizationContext context, Action<object?> continuation, object? state, SynchronizationContext here) =>
        core.Ready.Push(new Action<object?>(s => context.Post(new SendOrPostCallback(continuation), s)), state, here);
}
