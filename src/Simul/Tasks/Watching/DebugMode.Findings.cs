namespace Simul;

// What debug mode finds on the loop. Each finding says the fact, the reason and the remedy.
internal sealed partial class DebugMode
{
    private const int MaxRemembered = 1000; // futures are kept until the loop ends

    private readonly Dictionary<object, string> _lostFutures = new(ReferenceEqualityComparer.Instance); // owner: the baton holder

    public void Slow(SynchronizationContext? context, TimeSpan took) => Say(
        $"slow callback: {Describe(context)}, ran for {took.TotalMilliseconds:F0} ms in one go, and everybody else waited (limit {Options.SlowCallback.TotalMilliseconds:F0} ms). "
        + "Give up the turn in between with EventLoop.Yield, or give the work to an executor.");

    // Waits that were begun here and never awaited: what they bring, nobody gets.
    public void Closing(LoopScope scope)
    {
        foreach (var waiter in scope.AbandonedWaiters())
        {
            Say(waiter.IsPending
                ? $"{Describe(scope)}, ended with a wait for {TaskTree.Describe(waiter)} that was begun and never awaited. Await the ValueTask, or do not begin the wait."
                : $"{Describe(scope)}, ended without the result of a wait that was begun, granted and never awaited: a lock or permit it brought is lost. Await the ValueTask.");
        }
    }

    public void FailedUnobserved(LoopTask task) =>
        Say($"{Describe(task)}, failed and nobody awaits it: {task.Error!.GetType().Name}: {task.Error.Message} Await it, or spawn it into a group.");

    // The future goes on the list; it comes off when somebody asks for its outcome.
    public void FutureFailed(object future, Exception error)
    {
        if (_lostFutures.Count >= MaxRemembered) return;
        _lostFutures[future] = $"a future failed and nobody ever asked for its outcome: {error.GetType().Name}: {error.Message}"
            + $"{(CallSite.OfCaller() is { } site ? $" It was completed at {site}." : "")} Await the future.";
    }

    public void FutureObserved(object future)
    {
        if (_core.IsCurrent) _lostFutures.Remove(future);
    }

    public void AsyncVoidStarted(LoopScope scope)
    {
        string? site = CallSite.OfCaller();
        SayOnce(site, $"async void: {site ?? "a method"} was started in {Describe(scope)}. Nobody can await it, and what it throws ends the loop. Return Task, and spawn it.");
    }

    public void BlockingWait()
    {
        string? site = CallSite.OfCaller();
        SayOnce(site, $"blocking wait: {Describe(LoopScope.Find())}, blocks the loop's thread in {site ?? "Task.Wait or Task.Result"}; "
            + "if what it waits for needs the loop, that is for ever. Await it instead.");
    }
}
