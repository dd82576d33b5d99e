namespace Simul;

// Who is called when it has ended, beside those who wait.
public partial class LoopTask
{
    /// <summary>Has a callback called, in a later turn, once the task has ended.</summary>
    /// <remarks>
    /// <para>Cancellation: the callback is not withdrawn when the scope that asked for it is cancelled.</para>
    /// <para>Ordering: after those who awaited the task's end before it ended; callbacks in the order in which they were given.
    /// Never on the task's stack, also when it has ended already.</para>
    /// <para>Semantics: asyncio's <c>add_done_callback</c>. Whoever is called back learns of a failure, so it does not go to the
    /// unhandled-error handler besides.</para>
    /// </remarks>
    /// <param name="callback">It gets this task: look at <see cref="Status"/> and <see cref="Error"/>. What it throws goes to
    /// the loop's unhandled-error handler, and the next one is called all the same.</param>
    /// <exception cref="LoopAffinityException">The caller does not run on this task's loop.</exception>
    public void OnCompleted(Action<LoopTask> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var scope = RequireOn(this);
        var context = ExecutionContext.Capture();
        if (IsCompleted) CallBack(callback, scope, context);
        else (Extras.Callbacks ??= []).Add((callback, scope, context));
    }

    private void CallBackAll(LoopScopeExtras extras)
    {
        if (extras.Callbacks is not { } callbacks) return;
        extras.Callbacks = null;
        foreach (var (callback, scope, context) in callbacks) CallBack(callback, scope, context);
    }

    private void CallBack(Action<LoopTask> callback, LoopScope scope, ExecutionContext? context) =>
        Core.PushCallback(() => callback(this), scope.Live, context);
}
