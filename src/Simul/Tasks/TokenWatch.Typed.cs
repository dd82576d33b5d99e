using System.Threading.Tasks.Sources;

namespace Simul;

// A watched wait as its caller sees it: the waiter's own, and the watch ends with the result. Instead of an async method
// around the wait, which would be a box more and, with a pooled box, a turn more.
internal sealed class TokenWatch<T> : TokenWatch, IValueTaskSource<T>, IValueTaskSource
{
    private TokenWatch(Waiter<T> waiter, CancellationToken token)
        : base(waiter, token)
    {
    }

    private Waiter<T> Waiter => (Waiter<T>?)Watched ?? throw Simul.Waiter.UsedTwice();

    public static ValueTask<T> WaitAsync(Waiter<T> waiter, CancellationToken token) => new(new TokenWatch<T>(waiter, token), waiter.Version);

    // A wait that brings nothing: what the waiter holds is what it offers.
    public static ValueTask OfferAsync(Waiter<T> waiter, CancellationToken token) => new(new TokenWatch<T>(waiter, token), waiter.Version);

    public ValueTaskSourceStatus GetStatus(short token) => Waiter.GetStatus(token);

    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        Waiter.OnCompleted(continuation, state, token, flags);

    T IValueTaskSource<T>.GetResult(short token) => Ended().TakeResult(token);

    void IValueTaskSource.GetResult(short token) => Ended().GetResult(token);

    private Waiter<T> Ended()
    {
        var waiter = Waiter;
        End();
        return waiter;
    }
}
