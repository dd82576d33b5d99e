namespace Simul;

public sealed partial class LoopChannel<T>
{
    private WaiterQueue? _joiners;
    private long _totalDone;

    /// <summary>Waits until <see cref="TaskDone"/> was called for every item written so far and since. A checkpoint.</summary>
    /// <returns>Ends when nothing is unfinished; at once if nothing is.</returns>
    /// <remarks>
    /// <para>An item counts from when it came in or went to a reader; what a waiting writer still has does not count yet.</para>
    /// <para>Completing the channel does not end the wait; dropping its items by <see cref="Shutdown"/> counts them as done.</para>
    /// <para>Semantics: <c>join</c> of asyncio's <c>Queue</c>.</para>
    /// </remarks>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the channel's loop.</exception>
    public ValueTask JoinAsync()
    {
        var scope = Enter();
        if (scope.IsCancelled) return scope.Cancelled();
        if (Unfinished == 0) return scope.TryPassCheckpoint() ? default : scope.YieldUncancelled();
        return scope.WaitIn(_joiners ??= new WaiterQueue(new Join(this)));
    }

    /// <summary>Says that an item that was read is finished, for <see cref="JoinAsync"/>. Needed only where somebody joins.</summary>
    /// <remarks>Thread safety: legal from any thread; from another one than the loop's it is posted.</remarks>
    /// <exception cref="InvalidOperationException">Nothing is unfinished; posted from another thread it goes to the loop's
    /// unhandled-error handler.</exception>
    public void TaskDone() => Give(static channel => channel.TaskDoneOnLoop());

    private long Unfinished => _totalWritten - _totalDone;

    private void TaskDoneOnLoop()
    {
        if (Unfinished == 0)
            throw new InvalidOperationException($"TaskDone was called more often than items came into {_loop}. Call it once for each item that was read.");
        _totalDone++;
        if (Unfinished == 0) WakeJoiners();
    }

    private void WakeJoiners()
    {
        while (_joiners?.TakeFirst() is { } joiner) joiner.Grant();
    }

    // What a joiner waits for, in words.
    private sealed class Join(LoopChannel<T> channel) : IWaitSubject
    {
        public string Describe() => $"{channel.Unfinished} unfinished items of {channel._loop}";
    }
}
