namespace Simul;

// What a thread had before it began to run a loop.
internal readonly record struct HostContexts(LoopCore? Core, SynchronizationContext? Context, ExecutionContext? Flow);
