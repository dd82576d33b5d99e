namespace Simul;

// The items of one map that are under way; the item itself only if its attempts are to be told. Ordered maps take the oldest; unordered ones whichever ended first, in the
// order of ending. Used by one reader at a time.
internal sealed class MapWindow<TArg, TResult>(bool ordered)
{
    private readonly Queue<(long Index, WorkItem<TResult>? Item, TArg Input, Task<TResult> Task)> _inOrder = new();
    private readonly System.Threading.Channels.Channel<(long Index, WorkItem<TResult>? Item, TArg Input, Task<TResult> Task)> _ended =
        System.Threading.Channels.Channel.CreateUnbounded<(long, WorkItem<TResult>?, TArg, Task<TResult>)>(new() { SingleReader = true });

    public int Count { get; private set; }

    // Completes when the next one is there to be taken.
    public async Task NextEndsAsync()
    {
        if (ordered) await ((Task)_inOrder.Peek().Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        else await _ended.Reader.WaitToReadAsync();
    }

    public void Add(long index, WorkItem<TResult>? item, TArg input, Task<TResult> task)
    {
        Count++;
        if (ordered) _inOrder.Enqueue((index, item, input, task));
        else _ = FollowAsync(index, item, input, task);
    }

    // Comes back by the reader's own context: a detour through the pool would let a virtual clock jump before the reader
    // hears of the end.
    private async Task FollowAsync(long index, WorkItem<TResult>? item, TArg input, Task<TResult> task)
    {
        await ((Task)task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _ended.Writer.TryWrite((index, item, input, task));
    }

    public async ValueTask<(long Index, WorkItem<TResult>? Item, TArg Input, Task<TResult> Task)> NextAsync()
    {
        if (!ordered)
        {
            var first = await _ended.Reader.ReadAsync();
            Count--;
            return first;
        }
        var next = _inOrder.Peek();
        await ((Task)next.Task).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        _inOrder.Dequeue();
        Count--;
        return next;
    }

    // Waits for all that is left; their outcomes no longer matter to anybody.
    public async ValueTask DrainAsync()
    {
        while (Count > 0)
        {
            var (_, _, _, task) = await NextAsync();
            _ = task.Exception;
        }
    }
}
