using System.Threading.Channels;

namespace Simul;

// What a producer in a task group hands out, on a loop or on the thread pool: one reading of a channel, whose end is the
// producer's end too.
internal sealed class GroupSequence<T>(string description, ChannelReader<T> items, Func<ValueTask> leave) : IAsyncEnumerable<T>
{
    private bool _taken; // interlocked: on the pool any thread may ask

    public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default)
    {
        if (Interlocked.Exchange(ref _taken, true))
            throw new InvalidOperationException($"{description} has a reader already, and each of its items goes to one. Enumerate it once: spawn a sequence for each reader, or have the readers share a channel.");
        return new Reading(items.ReadAllAsync(cancellationToken).GetAsyncEnumerator(CancellationToken.None), leave);
    }

    private sealed class Reading(IAsyncEnumerator<T> items, Func<ValueTask> leave) : IAsyncEnumerator<T>
    {
        public T Current => items.Current;

        public ValueTask<bool> MoveNextAsync() => items.MoveNextAsync();

        public async ValueTask DisposeAsync()
        {
            await items.DisposeAsync();
            await leave();
        }
    }
}
