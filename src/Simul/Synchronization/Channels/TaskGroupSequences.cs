using System.Threading.Channels;

namespace Simul;

/// <summary>Sequences whose producer is a child of a <see cref="TaskGroup"/>.</summary>
/// <remarks>Built on groups and channels; the group itself knows of neither sequences nor channels.</remarks>
/// <example>
/// <code>
/// await TaskGroup.RunAsync(async group =>
/// {
///     await foreach (var page in group.SpawnSequence(() => FetchPagesAsync(), capacity: 4))
///         await StoreAsync(page);   // while the next pages are being fetched
/// });
/// </code>
/// </example>
public static class TaskGroupSequences
{
    /// <summary>Spawns a child that goes through a sequence ahead of whoever reads it: producing and reading overlap.</summary>
    /// <remarks>
    /// <para>The producer is a background child: it starts in a later turn, whether somebody reads or not, and when the body and
    /// all other children have ended it is cancelled. It has been disposed (its <c>finally</c> has run) before the reader
    /// sees the end, before an <c>await foreach</c> that is left early is behind, and before the group ends.</para>
    /// <para>Reading: once, by one reader, while the group lives. Items that nobody reads are dropped; what must be disposed of is
    /// given to the group with <see cref="TaskGroup.Own{T}"/> before it is handed out.</para>
    /// <para>Errors: a producer that fails, fails the group, and so a reader in the group is cancelled, as one is who awaits a
    /// child. A reader elsewhere or in a supervisor group gets the error itself, behind the items that came before it.
    /// On the thread pool a reader gets <see cref="OperationCanceledException"/> with the error inside once the group is cancelled.
    /// The sequence never just ends because its producer could not go on.</para>
    /// <para>Cancellation: leaving the sequence early cancels the producer alone, which is no error, and waits for its end; no
    /// cancellation cuts that wait short. The token of <c>GetAsyncEnumerator</c> ends the reader's wait. When the group is
    /// cancelled, so is the producer, and a reader elsewhere gets <see cref="OperationCanceledException"/>. The producer's
    /// <c>GetAsyncEnumerator</c> gets a token that is cancelled with it.</para>
    /// <para>Thread safety: spawning and reading belong to the group's loop. Disposing the enumerator is legal anywhere, but from
    /// elsewhere it does not wait for the producer.</para>
    /// <para>Semantics: the sequences of Nito.StructuredConcurrency, with Kotlin's <c>produce</c> for leaving early.</para>
    /// </remarks>
    /// <typeparam name="T">The items' type.</typeparam>
    /// <param name="group">The group.</param>
    /// <param name="producer">Makes the sequence; it is called and enumerated in the child. A group on the thread pool needs the form
    /// with a token.</param>
    /// <param name="capacity">Items that wait for the reader, at most; the producer is one further ahead with the item it waits to
    /// hand over. Zero: it goes on when the reader has taken its item.</param>
    /// <param name="name">The child's and the channel's name; <c>task N</c> when omitted.</param>
    /// <returns>The items, to be enumerated once: the second time throws <see cref="InvalidOperationException"/>.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The capacity is negative.</exception>
    /// <exception cref="InvalidOperationException">The group has ended.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on the group's loop, or the group is one of the thread pool.</exception>
    public static IAsyncEnumerable<T> SpawnSequence<T>(this TaskGroup group, Func<IAsyncEnumerable<T>> producer, int capacity = 1, string? name = null)
    {
        Check(group, producer, capacity);
        if (group.Pool is not null) throw LoopAffinityException.NotOnLoop("A sequence without a token", "a producer that takes one: group.SpawnSequence(token => ...)");
        return OnLoop(group, _ => producer(), capacity, name);
    }

    /// <summary>Spawns a child that gets a token and goes through a sequence ahead of whoever reads it, on a loop or on the thread
    /// pool.</summary>
    /// <inheritdoc cref="SpawnSequence{T}(TaskGroup, Func{IAsyncEnumerable{T}}, int, string?)"/>
    /// <param name="group">The group.</param>
    /// <param name="producer">Makes the sequence; it is called and enumerated in the child, and its token is cancelled with the
    /// child. On the thread pool this token is all that a cancellation reaches it by, until it yields its next item.</param>
    /// <param name="capacity">Items that wait for the reader, at most; the producer is one further ahead with the item it waits to
    /// hand over. Zero: it goes on when the reader has taken its item.</param>
    /// <param name="name">The child's and the channel's name, on a loop; on the thread pool it is in messages alone.</param>
    /// <exception cref="LoopAffinityException">The caller does not run on the group's loop. With a group of the thread pool any thread may spawn,
    /// and any thread may read.</exception>
    public static IAsyncEnumerable<T> SpawnSequence<T>(this TaskGroup group, Func<CancellationToken, IAsyncEnumerable<T>> producer, int capacity = 1, string? name = null)
    {
        Check(group, producer, capacity);
        return group.Pool is { } pool ? OnPool(pool, producer, capacity, name) : OnLoop(group, producer, capacity, name);
    }

    private static void Check(TaskGroup group, Delegate producer, int capacity)
    {
        ArgumentNullException.ThrowIfNull(group);
        ArgumentNullException.ThrowIfNull(producer);
        ArgumentOutOfRangeException.ThrowIfNegative(capacity);
    }

    private static GroupSequence<T> OnLoop<T>(TaskGroup group, Func<CancellationToken, IAsyncEnumerable<T>> producer, int capacity, string? name)
    {
        var channel = LoopChannel.CreateBounded<T>(capacity, name);
        var child = group.SpawnBackground(async () =>
        {
            var token = LoopScope.Require().Token;
            await foreach (var item in Begun(producer(token)).WithCancellation(token)) await channel.Writer.WriteAsync(item);
        }, name);
        // Not the child's own last act: one that is cancelled before its first step never runs. And when the group knows
        // already: a reader in it is then cancelled, and does not bring the same error into the group once more.
        child.Ended = () => channel.Writer.TryComplete(child.Status == LoopTaskStatus.Succeeded ? null : child.OutcomeError());
        return new GroupSequence<T>($"The sequence of {child.Description}", channel.Reader, () => child.IsCompleted ? default : LeaveAsync(child));
    }

    private static async ValueTask LeaveAsync(LoopTask child)
    {
        child.Cancel("its reader has left the sequence");
        if (!child.Core.IsCurrent) return; // nowhere to wait; what made it come here must not be hidden
        using (CancelScope.Enter(shield: true)) await child.WaitAsync();
    }

    private static GroupSequence<T> OnPool<T>(PoolGroup pool, Func<CancellationToken, IAsyncEnumerable<T>> producer, int capacity, string? name)
    {
        string description = $"The sequence{(name is null ? "" : $" '{name}'")} of task group '{pool.Name}'";
        var channel = Channel.CreateBounded<T>(capacity);
        pool.ThrowIfEnded(); // before the token is asked for, which is gone then
        var cancelled = pool.Token;
        var left = new CancellationTokenSource(); // no timer, nothing linked: it needs no disposal
        var child = pool.Spawn(ProduceAsync, background: true, error => channel.Writer.TryComplete(WhatTheReaderGets(error)));
        return new GroupSequence<T>(description, channel.Reader, () => child.IsCompleted ? default : LeaveAsync());

        async Task<bool> ProduceAsync(CancellationToken token)
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(token, left.Token);
            try
            {
                await foreach (var item in Begun(producer(either.Token)).WithCancellation(either.Token).ConfigureAwait(false))
                    await channel.Writer.WriteAsync(item, either.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (left.IsCancellationRequested)
            {
                // Its reader has left: no error.
            }
            return true;
        }

        // The group has the error itself; a reader that lets it pass must not bring it in once more. On the pool nobody is
        // cancelled but by what he is given.
        Exception? WhatTheReaderGets(Exception? error) => error switch
        {
            null => null,
            OperationCanceledException => new OperationCanceledException($"{description} was cut short: its producer was cancelled.", error, cancelled),
            _ when cancelled.IsCancellationRequested => new OperationCanceledException($"{description} was cut short: its producer failed with {error.GetType().Name}: {error.Message}", error, cancelled),
            _ => error,
        };

        async ValueTask LeaveAsync()
        {
            try
            {
                await left.CancelAsync().ConfigureAwait(false);
            }
            catch (AggregateException error)
            {
                pool.AddError(error); // of foreign token callbacks
            }
            await ((Task)child).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static IAsyncEnumerable<T> Begun<T>(IAsyncEnumerable<T>? items) =>
        items ?? throw new InvalidOperationException("The producer of a sequence returned null. Return the sequence of an async method with yield return.");
}
