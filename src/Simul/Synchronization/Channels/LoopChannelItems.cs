namespace Simul;

// What ReadAllAsync returns. Each enumeration is one more reader of the channel.
internal sealed class LoopChannelItems<T>(LoopChannel<T> channel, CancellationToken token) : IAsyncEnumerable<T>
{
    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (!cancellationToken.CanBeCanceled || cancellationToken == token) return new LoopChannelEnumerator<T>(channel, token, null);
        if (!token.CanBeCanceled) return new LoopChannelEnumerator<T>(channel, cancellationToken, null);
        var both = CancellationTokenSource.CreateLinkedTokenSource(token, cancellationToken);
        return new LoopChannelEnumerator<T>(channel, both.Token, both);
    }
}
