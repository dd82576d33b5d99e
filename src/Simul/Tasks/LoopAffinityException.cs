namespace Simul;

/// <summary>Something that belongs to an event loop was used from outside it.</summary>
public sealed class LoopAffinityException : InvalidOperationException
{
    private LoopAffinityException(string message)
        : base(message)
    {
    }

    internal static LoopAffinityException NotOnLoop() => new(
        $"This code, on thread {ThreadNames.Current}, does not run on an event loop, so there is nothing here to wait in. Start it with EventLoop.Run or EventLoop.SubmitAsync; "
        + "between threads use the BCL: Task.Delay, SemaphoreSlim, Channel<T>.");

    internal static LoopAffinityException OtherThread(string what, string loop) => new(
        $"{what} belongs to {loop}, and this thread, {ThreadNames.Current}, is not that loop's. Use EventLoop.Post or EventLoop.SubmitAsync to get there; "
        + "between threads use the BCL: SemaphoreSlim, TaskCompletionSource<T>, Channel<T>.");

    // The same for a type that has one counterpart in the BCL.
    internal static LoopAffinityException NotOnLoop(string what, string betweenThreads) => new(
        $"{what} is for code on an event loop, and this code, on thread {ThreadNames.Current}, does not run on one. Start it with EventLoop.Run or EventLoop.SubmitAsync; between threads use {betweenThreads}.");

    internal static LoopAffinityException OtherThread(string what, string loop, string betweenThreads) => new(
        $"{what} belongs to {loop}, and this thread, {ThreadNames.Current}, is not that loop's. Use EventLoop.Post or EventLoop.SubmitAsync to get there; between threads use {betweenThreads}.");
}
