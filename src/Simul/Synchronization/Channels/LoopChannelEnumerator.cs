using System.Threading.Channels;
using System.Threading.Tasks.Sources;

namespace Simul;

// Reads as ReadAsync does, owning what it was handed, and ends where that would throw. The BCL's own ReadAllAsync waits by
// WaitToReadAsync and would let others come first; and it goes on without a context, a turn more for each wait.
//
// It hands out the waiter's wait as its own: an item costs nothing beyond the read.
//
// Owner of all fields: who enumerates, on the loop.
internal sealed class LoopChannelEnumerator<T>(LoopChannel<T> channel, CancellationToken token, CancellationTokenSource? owned) : IAsyncEnumerator<T>, IValueTaskSource<bool>
{
    private Waiter<T>? _wait;
    private TokenWatch? _watch;
    private T? _current;

    public T Current => _current!;

    public ValueTask<bool> MoveNextAsync()
    {
        var scope = channel.Enter();
        if (!token.CanBeCanceled && channel.TryTakeNow(scope, out _current)) return new(true);
        return MoveNextSlowly(scope);
    }

    public ValueTask DisposeAsync()
    {
        _current = default;
        owned?.Dispose();
        return default;
    }

    public ValueTaskSourceStatus GetStatus(short version) => Wait.GetStatus(version);

    public void OnCompleted(Action<object?> continuation, object? state, short version, ValueTaskSourceOnCompletedFlags flags) =>
        Wait.OnCompleted(continuation, state, version, flags);

    public bool GetResult(short version)
    {
        var wait = Wait;
        if (!wait.IsPending)
        {
            _watch?.End();
            _watch = null;
            _wait = null;
        }
        if (wait.TryGetResult(version, out _current, out ChannelClosedException? end)) return true;
        if (end!.InnerException is { } error) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
        return false;
    }

    private Waiter<T> Wait => _wait ?? throw Waiter.UsedTwice();

    private ValueTask<bool> MoveNextSlowly(LoopScope scope)
    {
        if (_wait is not null) throw new InvalidOperationException("MoveNextAsync was called while the call before it still waits. Await each call before the next.");
        if (scope.IsCancelled) return scope.Cancelled<bool>();
        if (token.IsCancellationRequested) return ValueTask.FromCanceled<bool>(token);
        if (channel.TryTakeNow(scope, out _current)) return new(true);
        if (channel.IsDrained) return channel.EndOfWaits(scope);
        _wait = channel.BeginRead(scope);
        if (token.CanBeCanceled) _watch = TokenWatch.Start(_wait, token);
        return new(this, _wait.Version);
    }
}
