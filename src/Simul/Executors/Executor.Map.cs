using System.Runtime.CompilerServices;

namespace Simul;

public abstract partial class Executor
{
    /// <summary>Runs a method over inputs and streams the results.</summary>
    /// <remarks>
    /// <para>Ordering: results come in the order of the inputs unless <see cref="MapOptions.Ordered"/> is false.</para>
    /// <para>Errors: an item's exception is thrown at its position; the items behind it are cancelled. An exception of the
    /// input sequence itself is thrown as it is. <see cref="MapOutcomesAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    /// goes on past errors.</para>
    /// <para>Bounds: at most <see cref="MapOptions.LookAhead"/> inputs are read ahead of the reader.</para>
    /// <para>Leaving the loop early cancels what is under way and waits for it. So does the end of
    /// <see cref="MapOptions.TotalTimeout"/>; what had ended by then is still delivered.</para>
    /// </remarks>
    /// <typeparam name="TArg">The input's type.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="inputs">The inputs, read lazily.</param>
    /// <param name="method">The method.</param>
    /// <param name="options">Order, look-ahead, time limit.</param>
    /// <param name="cancellationToken">Gives the rest up.</param>
    /// <returns>The results.</returns>
    public IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(IEnumerable<TArg> inputs, Func<TArg, TResult> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Results<TArg, TResult>(Required(inputs), Required(method), options, cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(IEnumerable<TArg> inputs, Func<TArg, CancellationToken, TResult> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Results<TArg, TResult>(Required(inputs), null, Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(IEnumerable<TArg> inputs, Func<TArg, Task<TResult>> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Results<TArg, TResult>(Required(inputs), null, Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(IEnumerable<TArg> inputs, Func<TArg, CancellationToken, Task<TResult>> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Results<TArg, TResult>(Required(inputs), null, Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <summary>Runs a method over inputs and streams how each item ended; one item's failure does not stop the others.</summary>
    /// <typeparam name="TArg">The input's type.</typeparam>
    /// <typeparam name="TResult">The result's type.</typeparam>
    /// <param name="inputs">The inputs, read lazily.</param>
    /// <param name="method">The method.</param>
    /// <param name="options">Order, look-ahead, time limit.</param>
    /// <param name="cancellationToken">Gives the rest up.</param>
    /// <returns>An outcome for each input.</returns>
    public IAsyncEnumerable<WorkOutcome<TArg, TResult>> MapOutcomesAsync<TArg, TResult>(IEnumerable<TArg> inputs, Func<TArg, TResult> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Outcomes<TArg, TResult>(Required(inputs), Required(method), options, cancellationToken);

    /// <inheritdoc cref="MapOutcomesAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<WorkOutcome<TArg, TResult>> MapOutcomesAsync<TArg, TResult>(IEnumerable<TArg> inputs, Func<TArg, CancellationToken, TResult> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Outcomes<TArg, TResult>(Required(inputs), null, Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapOutcomesAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<WorkOutcome<TArg, TResult>> MapOutcomesAsync<TArg, TResult>(IEnumerable<TArg> inputs, Func<TArg, Task<TResult>> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Outcomes<TArg, TResult>(Required(inputs), null, Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapOutcomesAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<WorkOutcome<TArg, TResult>> MapOutcomesAsync<TArg, TResult>(IEnumerable<TArg> inputs, Func<TArg, CancellationToken, Task<TResult>> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Outcomes<TArg, TResult>(Required(inputs), null, Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(IAsyncEnumerable<TArg> inputs, Func<TArg, TResult> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Results<TArg, TResult>(null, Required(inputs), Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(IAsyncEnumerable<TArg> inputs, Func<TArg, CancellationToken, TResult> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Results<TArg, TResult>(null, Required(inputs), Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(IAsyncEnumerable<TArg> inputs, Func<TArg, Task<TResult>> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Results<TArg, TResult>(null, Required(inputs), Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<TResult> MapAsync<TArg, TResult>(IAsyncEnumerable<TArg> inputs, Func<TArg, CancellationToken, Task<TResult>> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Results<TArg, TResult>(null, Required(inputs), Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapOutcomesAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<WorkOutcome<TArg, TResult>> MapOutcomesAsync<TArg, TResult>(IAsyncEnumerable<TArg> inputs, Func<TArg, TResult> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Outcomes<TArg, TResult>(null, Required(inputs), Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapOutcomesAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<WorkOutcome<TArg, TResult>> MapOutcomesAsync<TArg, TResult>(IAsyncEnumerable<TArg> inputs, Func<TArg, CancellationToken, TResult> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Outcomes<TArg, TResult>(null, Required(inputs), Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapOutcomesAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<WorkOutcome<TArg, TResult>> MapOutcomesAsync<TArg, TResult>(IAsyncEnumerable<TArg> inputs, Func<TArg, Task<TResult>> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Outcomes<TArg, TResult>(null, Required(inputs), Required(method), options, Clock.GetTimestamp(), cancellationToken);

    /// <inheritdoc cref="MapOutcomesAsync{TArg, TResult}(IEnumerable{TArg}, Func{TArg, TResult}, MapOptions?, CancellationToken)"/>
    public IAsyncEnumerable<WorkOutcome<TArg, TResult>> MapOutcomesAsync<TArg, TResult>(IAsyncEnumerable<TArg> inputs, Func<TArg, CancellationToken, Task<TResult>> method, MapOptions? options = null, CancellationToken cancellationToken = default) =>
        Outcomes<TArg, TResult>(null, Required(inputs), Required(method), options, Clock.GetTimestamp(), cancellationToken);

    private static T Required<T>(T value, [CallerArgumentExpression(nameof(value))] string? name = null)
        where T : class
    {
        ArgumentNullException.ThrowIfNull(value, name);
        return value;
    }

    // Of synchronous methods, which may go in batches.
    private IAsyncEnumerable<TResult> Results<TArg, TResult>(IEnumerable<TArg> inputs, Func<TArg, TResult> method, MapOptions? options, CancellationToken cancellationToken) =>
        Batches<TArg, TResult>(method, options) is { } runner
            ? BatchedResults(inputs, runner, options, cancellationToken)
            : Results<TArg, TResult>(inputs, null, method, options, Clock.GetTimestamp(), cancellationToken);

    private IAsyncEnumerable<WorkOutcome<TArg, TResult>> Outcomes<TArg, TResult>(IEnumerable<TArg> inputs, Func<TArg, TResult> method, MapOptions? options, CancellationToken cancellationToken) =>
        Batches<TArg, TResult>(method, options) is { } runner
            ? BatchedOutcomes(inputs, runner, options, cancellationToken)
            : Outcomes<TArg, TResult>(inputs, null, method, options, Clock.GetTimestamp(), cancellationToken);

    private async IAsyncEnumerable<TResult> Results<TArg, TResult>(
        IEnumerable<TArg>? inputs, IAsyncEnumerable<TArg>? asyncInputs, Delegate method, MapOptions? options, long called, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (var outcome in Outcomes<TArg, TResult>(inputs, asyncInputs, method, options, called, cancellationToken))
        {
            if (outcome.Error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(outcome.Error);
            yield return outcome.Result!;
        }
    }

    // One window of items under way. Ordered: the oldest is awaited. Unordered: whichever ends first is. Inputs that come
    // asynchronously are waited for beside the items, so that a result need not wait for an input.
    private async IAsyncEnumerable<WorkOutcome<TArg, TResult>> Outcomes<TArg, TResult>(
        IEnumerable<TArg>? inputs, IAsyncEnumerable<TArg>? asyncInputs, Delegate method, MapOptions? options, long called, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        options ??= MapOptions.Default;
        int window = options.LookAhead ?? DefaultLookAhead;
        var itemOptions = new WorkOptions { Timeout = options.Timeout, Retry = options.Retry, Priority = options.Priority };
        using var late = options.TotalTimeout is { } total ? new CancellationTokenSource(Left(total, called), Clock) : null;
        using var giveUp = late is null ? CancellationTokenSource.CreateLinkedTokenSource(cancellationToken) : CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        var underWay = new MapWindow<TArg, TResult>(options.Ordered);
        await using var source = new MapInputs<TArg>(inputs, asyncInputs, giveUp);
        try
        {
            long index = 0;
            bool more = true;
            while (true)
            {
                while (more && underWay.Count < window)
                {
                    cancellationToken.ThrowIfCancellationRequested();
                    if (late is { IsCancellationRequested: true }) break;
                    // Whichever comes first: an input, or an item's end.
                    if (underWay.Count > 0 && source.IsLate && await FirstAsync(source.Coming, underWay.NextEndsAsync()) != source.Coming) break;
                    more = await source.TakeAsync();
                    if (!more) break;
                    var item = WorkItem.Create<TArg, TResult>(method, source.Current, itemOptions);
                    underWay.Add(index++, options.Retry is null ? null : item, source.Current, ExecuteAsync(item, giveUp.Token));
                }
                if (underWay.Count == 0)
                {
                    if (more && late is { IsCancellationRequested: true }) throw TooLate(options);
                    yield break;
                }
                var (position, work, input, task) = await underWay.NextAsync();
                cancellationToken.ThrowIfCancellationRequested();
                if (late is { IsCancellationRequested: true } && task.IsCanceled) throw TooLate(options);
                int attempts = work?.Attempts ?? 1;
                yield return task.IsCompletedSuccessfully
                    ? new WorkOutcome<TArg, TResult>(position, input, task.Result, null) { Attempts = attempts }
                    : new WorkOutcome<TArg, TResult>(position, input, default, ErrorOf(task)) { Attempts = attempts };
            }
        }
        finally
        {
            if (underWay.Count > 0)
            {
                try
                {
                    giveUp.Cancel(); // may throw what the items' token callbacks throw
                }
                finally
                {
                    await underWay.DrainAsync();
                }
            }
        }
    }

    // Not Task.WhenAny: it takes a detour through the pool, in which a virtual clock would jump before the reader hears of the end.
    private static async Task<Task> FirstAsync(Task one, Task other)
    {
        var first = new TaskCompletionSource<Task>();
        _ = FollowAsync(one);
        _ = FollowAsync(other);
        return await first.Task;

        async Task FollowAsync(Task task)
        {
            await task.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
            first.TrySetResult(task);
        }
    }

    private TimeSpan Left(TimeSpan total, long called)
    {
        var left = total - Clock.GetElapsedTime(called);
        return left > TimeSpan.Zero ? left : TimeSpan.Zero;
    }

    private static TimeoutException TooLate(MapOptions options) => new($"The map did not end within its limit of {options.TotalTimeout}.");

    // A cancelled task does not show its exception, it only throws it; an item's own (an HttpClient's timeout) says what it was.
    private static Exception ErrorOf(Task task)
    {
        if (task.Exception is { InnerException: { } error }) return error;
        try
        {
            task.GetAwaiter().GetResult();
        }
        catch (Exception original)
        {
            return original;
        }
        throw new SimulInternalException("a task that failed threw nothing");
    }
}
