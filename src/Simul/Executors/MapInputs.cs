namespace Simul;

// The inputs of a map, whichever way they come. Used by one reader at a time.
internal sealed class MapInputs<TArg>(IEnumerable<TArg>? inputs, IAsyncEnumerable<TArg>? asyncInputs, CancellationTokenSource giveUp) : IAsyncDisposable
{
    private readonly IEnumerator<TArg>? _inputs = inputs?.GetEnumerator();
    private readonly IAsyncEnumerator<TArg>? _asyncInputs = asyncInputs?.GetAsyncEnumerator(giveUp.Token);

    private Task<bool>? _coming; // asked for, and not taken

    public TArg Current => _inputs is not null ? _inputs.Current : _asyncInputs!.Current;

    // The next input, asked for.
    public Task<bool> Coming => _coming ??= AskAsync();

    // Whether the next one has to be waited for.
    public bool IsLate => _asyncInputs is not null && !Coming.IsCompleted;

    // False behind the last one.
    public ValueTask<bool> TakeAsync() => _inputs is not null ? new(_inputs.MoveNext()) : TakeComingAsync();

    private async Task<bool> AskAsync() => await _asyncInputs!.MoveNextAsync();

    private async ValueTask<bool> TakeComingAsync()
    {
        try
        {
            return await Coming;
        }
        finally
        {
            _coming = null;
        }
    }

    public async ValueTask DisposeAsync()
    {
        _inputs?.Dispose();
        if (_asyncInputs is null) return;
        if (_coming is { } coming)
        {
            // An enumerator must not be disposed while it moves.
            await giveUp.CancelAsync();
            await ((Task)coming).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);
        }
        await _asyncInputs.DisposeAsync();
    }
}
