using System.Diagnostics;
using System.Threading.Channels;

namespace Simul;

public sealed partial class LoopChannel<T>
{
    private int _claimed;                       // interlocked: who completes it first
    private Exception? _error;                  // what it was completed with; set once, on the loop, before _closed
    private volatile bool _ended;               // completed and drained; set once, on the loop
    private TaskCompletionSource? _completion;  // made by whoever asks first, on any thread
    private List<Exception>? _errorsAfterTheEnd; // what callbacks threw that had no loop to report to

    /// <summary>Completes the channel, if nothing has before; waiting readers of an empty channel and waiting writers fail at once.</summary>
    /// <param name="immediate">Whether the items that the channel holds are dropped instead of being left to the readers. Each
    /// goes to <see cref="LoopChannelOptions{T}.Undelivered"/> and counts as done for <see cref="JoinAsync"/>.</param>
    /// <remarks>
    /// <para>Without <paramref name="immediate"/> the same as <c>Writer.TryComplete()</c>. May be called again to drop what the
    /// first call left.</para>
    /// <para>Thread safety: legal from any thread; from another one than the loop's it is posted. When the loop has ended it
    /// takes effect at once, and so do the callbacks.</para>
    /// </remarks>
    public void Shutdown(bool immediate = false)
    {
        Writer.TryComplete();
        if (immediate) Give(static channel => channel.DropItems());
    }

    internal bool TryComplete(Exception? error)
    {
        if (Interlocked.Exchange(ref _claimed, 1) != 0) return false;
        Give(channel => channel.CompleteOnLoop(error));
        return true;
    }

    internal Task CompletionTask
    {
        get
        {
            if (Volatile.Read(ref _completion) is not { } completion)
            {
                // Continuations that belong to the loop are posted to it all the same; all others must not run on its stack.
                var fresh = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                completion = Interlocked.CompareExchange(ref _completion, fresh, null) ?? fresh;
                // Ended in between: whoever ended it may not have seen the new one.
                if (_ended) SetCompletion(completion);
            }
            return completion.Task;
        }
    }

    private ChannelClosedException ClosedError() => new(
        $"{_loop.Title} is completed{(_error is null ? "" : $" with an error ({_error.GetType().Name}: {_error.Message})")}, so nothing more can be written, and there is nothing left to read. "
        + "Ask WaitToReadAsync, WaitToWriteAsync or TryWrite, or read with ReadAllAsync, where the end is to be expected.", _error);

    // Giving back: at once where the caller has the baton, else posted. A loop that has ended has nobody to disturb.
    private void Give(Action<LoopChannel<T>> action)
    {
        if (_loop.IsHere) action(this);
        else if (!_loop.Post(x => action((LoopChannel<T>)x!), this)) GiveAfterTheEnd(action);
    }

    // On the caller's thread, one caller at a time.
    private void GiveAfterTheEnd(Action<LoopChannel<T>> action)
    {
        List<Exception>? errors;
        lock (_writers)
        {
            action(this);
            (errors, _errorsAfterTheEnd) = (_errorsAfterTheEnd, null);
        }
        if (errors is not null) throw new AggregateException($"Items of {_loop} were dropped, and what they were reported to threw.", errors);
    }

    // One callback that throws does not keep the next item from being reported.
    private void ReportAfterTheEnd(T item)
    {
        try
        {
            _undelivered!(item);
        }
        catch (Exception error)
        {
            (_errorsAfterTheEnd ??= []).Add(error);
        }
    }

    private void CompleteOnLoop(Exception? error)
    {
        if (_closed) return;
        AssertInvariants();
        _error = error;
        _closed = _careful = true;
        while (_writers.First is { } writer)
        {
            _writers.Withdraw(writer);
            writer.Fail(ClosedError());
        }
        TellTheEnd(_writeWatchers);
        if (_items.Count == 0) EndReading();
    }

    private void DropItems()
    {
        // A completion that another thread has claimed may still be on its way.
        CompleteOnLoop(null);
        if (_items.Count == 0) return;
        while (_items.Count > 0)
        {
            _totalUnread++;
            var item = _items.Take();
            ReportUndelivered(item);
            if (Unfinished > 0) _totalDone++;
        }
        EndReading();
        if (Unfinished == 0) WakeJoiners();
    }

    // Completed, and nothing is left to read.
    private void EndReading()
    {
        Debug.Assert(_closed && _items.Count == 0, "There is still something to read, or to come.");
        while (_readers.TakeFirst() is { } reader) reader.Fail(ClosedError());
        TellTheEnd(_readWatchers);
        _ended = true;
        // Between the two a full fence: either this sees the source, or who made it sees the end.
        Interlocked.MemoryBarrier();
        if (_completion is { } completion) SetCompletion(completion);
    }

    private void TellTheEnd(WaiterQueue watchers)
    {
        if (_error is null)
        {
            WakeAll(watchers, false);
            return;
        }
        while (watchers.TakeFirst() is { } watcher) watcher.Fail(_error);
    }

    private void SetCompletion(TaskCompletionSource completion)
    {
        if (_error is null) completion.TrySetResult();
        else if (_error is OperationCanceledException cancelled) completion.TrySetCanceled(cancelled.CancellationToken);
        else completion.TrySetException(_error);
    }
}
