namespace Simul;

// One callback that is ready to run, with the context it runs in. The callback is an Action<object?> or a
// SendOrPostCallback: keeping both kinds as they come saves a wrapper for every continuation posted by the BCL.
internal struct ReadyEntry(Delegate callback, object? state, SynchronizationContext? context)
{
    public Delegate Callback = callback;
    public object? State = state;
    public SynchronizationContext? Context = context;
}
