namespace Simul;

internal sealed partial class LoopCore
{
    private static readonly Action<object?> s_invoke = static x => ((Action)x!)();

    // A plain callback, with the execution context it was registered in. The loop's own context needs no wrapping.
    public void PushCallback(Action callback, SynchronizationContext scope, ExecutionContext? context)
    {
        if (context is null || context == _baseContext) Ready.Push(s_invoke, callback, scope);
        else PushWithContext(callback, scope, context);
    }

    // Apart, because C# makes the closure where the method begins.
    private void PushWithContext(Action callback, SynchronizationContext scope, ExecutionContext context) =>
        Ready.Push(new Action<object?>(x => ExecutionContext.Run(context, static c => ((Action)c!)(), x)), callback, scope);
}
