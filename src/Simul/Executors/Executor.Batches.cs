using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;

namespace Simul;

// Maps in batches. What a batch takes is measured, and its size grows until it is worth a message: a batch of one is an item of
// its own, so long items are never in each other's way.
public abstract partial class Executor
{
    private static readonly TimeSpan s_worthAMessage = TimeSpan.FromMicroseconds(200), s_tooLong = TimeSpan.FromMilliseconds(2), s_fillTime = TimeSpan.FromMilliseconds(1);

    // Null when items of this kind cannot be put together.
    internal virtual BatchRunner<TArg, TResult>? BatchesOf<TArg, TResult>(Delegate method, MapOptions options) => null;

    private BatchRunner<TArg, TResult>? Batches<TArg, TResult>(Delegate method, MapOptions? options)
    {
        options ??= MapOptions.Default;
        return options is { ChunkSize: not 1, LookAhead: not 1, Timeout: null, TotalTimeout: null, Retry: null } ? BatchesOf<TArg, TResult>(method, options) : null;
    }

    private async IAsyncEnumerable<TResult> BatchedResults<TArg, TResult>(IEnumerable<TArg> inputs, BatchRunner<TArg, TResult> runner, MapOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (_, _, outcome) in Parts(inputs, runner, options, cancellationToken))
        {
            for (int i = 0; i < outcome.Done; i++) yield return outcome.Results[i];
            if (outcome.Error is not null) ExceptionDispatchInfo.Throw(outcome.Error);
        }
    }

    private async IAsyncEnumerable<WorkOutcome<TArg, TResult>> BatchedOutcomes<TArg, TResult>(IEnumerable<TArg> inputs, BatchRunner<TArg, TResult> runner, MapOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var (first, arguments, outcome) in Parts(inputs, runner, options, cancellationToken))
        {
            for (int i = 0; i < outcome.Done; i++) yield return new(first + i, arguments[i], outcome.Results[i], null);
            if (outcome.Error is not null) yield return new(first + outcome.Done, arguments[outcome.Done], default, outcome.Error);
        }
    }

    // What has come back, a batch at a time, or as much of it as there is up to an error. The rest of a batch with an error is
    // sent again: it had not begun.
    private async IAsyncEnumerable<(long First, ArraySegment<TArg> Inputs, BatchOutcome<TResult> Outcome)> Parts<TArg, TResult>(
        IEnumerable<TArg> inputs, BatchRunner<TArg, TResult> runner, MapOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        options ??= MapOptions.Default;
        using var giveUp = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var underWay = new MapWindow<TArg[], BatchOutcome<TResult>>(options.Ordered);
        int batches = 3 * Workers; // one runs, one waits in the worker's pipe, one is with the reader
        int largest = Math.Min(runner.Largest, options.ChunkSize ?? int.MaxValue);
        if (options.LookAhead is { } ahead) largest = Math.Clamp(ahead / batches, 1, largest);
        int size = options.ChunkSize is null ? 1 : largest;
        if (options.LookAhead is { } window) batches = Math.Min(batches, window);
        using var source = inputs.GetEnumerator();
        try
        {
            long first = 0;
            bool more = true;
            while (true)
            {
                while (more && underWay.Count < batches)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var batch = Fill(source, size, ref more);
                    if (batch.Length == 0) break;
                    underWay.Add(first, null!, batch, runner.RunAsync(batch, 0, batch.Length, giveUp.Token));
                    first += batch.Length;
                }
                if (underWay.Count == 0) yield break;
                var (position, _, arguments, task) = await underWay.NextAsync();
                for (int start = 0; ;)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    var outcome = await task;
                    if (options.ChunkSize is null && outcome.Error is null && outcome.Done == arguments.Length) size = NextSize(size, arguments.Length, outcome.Time, largest);
                    int ended = outcome.Done + (outcome.Error is null ? 0 : 1);
                    yield return (position + start, new(arguments, start, arguments.Length - start), outcome);
                    start += ended;
                    if (start == arguments.Length) break;
                    if (ended == 0) throw new SimulInternalException("a batch came back without any of its items");
                    task = runner.RunAsync(arguments, start, arguments.Length - start, giveUp.Token);
                }
            }
        }
        finally
        {
            if (underWay.Count > 0)
            {
                try
                {
                    giveUp.Cancel();
                }
                finally
                {
                    await underWay.DrainAsync();
                }
            }
        }
    }

    // Up to so many inputs, fewer if they come slowly: a result does not wait for inputs of others.
    private static TArg[] Fill<TArg>(IEnumerator<TArg> source, int size, ref bool more)
    {
        var batch = new TArg[size];
        int count = 0;
        long began = TimeProvider.System.GetTimestamp();
        while (count < size)
        {
            more = source.MoveNext();
            if (!more) break;
            batch[count++] = source.Current;
            if ((int.IsPow2(count) || count % 16 == 0) && TimeProvider.System.GetElapsedTime(began) > s_fillTime) break;
        }
        if (count < size) Array.Resize(ref batch, count);
        return batch;
    }

    private static int NextSize(int size, int ran, TimeSpan took, int largest)
    {
        if (ran >= size && took < s_worthAMessage) return Math.Min((took < s_worthAMessage / 8 ? 8 : 2) * size, largest);
        return took > s_tooLong && ran > 1 ? Math.Max(1, Math.Min(size, ran / 2)) : size;
    }
}
