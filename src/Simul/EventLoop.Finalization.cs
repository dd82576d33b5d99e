namespace Simul;

// What the loop disposes before it closes.
public sealed partial class EventLoop
{
    private readonly LinkedList<IAsyncDisposable> _finalized = []; // in the order in which they were begun
    private Dictionary<object, object>? _locals;

    internal Dictionary<object, object> Locals => _locals ??= [];

    /// <summary>Has the loop dispose a resource when everything on it has ended, just before it closes.</summary>
    /// <remarks>
    /// <para>Ordering: last owned first, one after the other, on the loop. Cancellations do not reach the disposal.</para>
    /// <para>Executors come after everything else, together, and are given <see cref="EventLoopOptions.ExecutorShutdownTimeout"/>.</para>
    /// <para>What a disposal throws goes to the unhandled-error handler, and the others are disposed all the same.</para>
    /// </remarks>
    /// <typeparam name="T">The resource's type.</typeparam>
    /// <param name="resource">The resource.</param>
    /// <returns>The resource.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on this loop.</exception>
    public T Own<T>(T resource)
        where T : IAsyncDisposable
    {
        ArgumentNullException.ThrowIfNull(resource);
        Check();
        if (resource is Executor executor) OwnExecutor(executor);
        else _finalized.AddLast(resource);
        return resource;
    }

    /// <summary>Takes a resource back from the loop, for instance because it was disposed before the end.</summary>
    /// <param name="resource">The resource.</param>
    /// <returns>True when the loop owned it.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on this loop.</exception>
    public bool Disown(IAsyncDisposable resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        Check();
        if (resource is Executor executor) return DisownExecutor(executor);
        for (var node = _finalized.Last; node is not null; node = node.Previous)
        {
            if (node.Value != resource) continue;
            _finalized.Remove(node);
            return true;
        }
        return false;
    }

    /// <summary>Has the loop see to it that the enumerators of a sequence end: one that was begun and abandoned half-way is disposed
    /// before the loop closes, so that its <c>finally</c> blocks run on the loop.</summary>
    /// <remarks>
    /// <para><c>await foreach</c> disposes by itself, however it is left. This is for enumerators that are moved by hand, and for
    /// sequences handed to code that one does not know: .NET has no hook that would tell.</para>
    /// <para>Ordering: last begun first, among what the loop owns (<see cref="Own{T}"/>).</para>
    /// <para>Thread safety: an enumerator begins on the loop; it may be disposed on any thread.</para>
    /// <para>Semantics: asyncio's <c>shutdown_asyncgens</c>, for the sequences it is asked for.</para>
    /// </remarks>
    /// <typeparam name="T">The elements' type.</typeparam>
    /// <param name="sequence">The sequence.</param>
    /// <returns>The same sequence, watched over.</returns>
    public static IAsyncEnumerable<T> Track<T>(IAsyncEnumerable<T> sequence)
    {
        ArgumentNullException.ThrowIfNull(sequence);
        return new TrackedSequence<T>(sequence);
    }

    // Disposes what is owned, last begun first, also what a disposal adds; its errors are reported. On the loop, in a task that
    // no cancellation reaches.
    internal async Task FinalizeOwnedAsync()
    {
        while (_finalized.Last is { } last)
        {
            _finalized.RemoveLast();
            try
            {
                await last.Value.DisposeAsync();
            }
            catch (Exception error)
            {
                HandleUnhandled(error);
            }
        }
    }

    // Part of the shutdown: everything else on the loop has ended, and the phase lasts until this has.
    partial void FinalizeOwned()
    {
        if (_finalized.Count == 0) return;
        _abandoned = false; // what is stuck already must not keep these from their chance
        _root.Start(new LoopTask(_root, FinalizeOwnedAsync, "disposal of what the loop owns") { Shield = true });
    }

    private sealed class TrackedSequence<T>(IAsyncEnumerable<T> inner) : IAsyncEnumerable<T>
    {
        public IAsyncEnumerator<T> GetAsyncEnumerator(CancellationToken cancellationToken = default) =>
            new TrackedEnumerator<T>(inner.GetAsyncEnumerator(cancellationToken));
    }

    private sealed class TrackedEnumerator<T>(IAsyncEnumerator<T> inner) : IAsyncEnumerator<T>
    {
        private EventLoop? _loop;
        private LinkedListNode<IAsyncDisposable>? _node; // owner: the loop

        public T Current => inner.Current;

        public ValueTask<bool> MoveNextAsync()
        {
            if (_loop is null)
            {
                _loop = EventLoop.Current;
                _node = _loop._finalized.AddLast(this);
            }
            return inner.MoveNextAsync();
        }

        public ValueTask DisposeAsync()
        {
            if (_loop is { } loop)
            {
                if (loop._core.IsCurrent) Forget();
                else loop._core.Inject(new Action<object?>(static x => ((TrackedEnumerator<T>)x!).Forget()), this, loop._root);
            }
            return inner.DisposeAsync();
        }

        private void Forget()
        {
            if (_node is { List: not null } node) node.List.Remove(node);
            _node = null;
        }
    }
}
