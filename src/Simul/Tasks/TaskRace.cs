using System.Diagnostics;

namespace Simul;

/// <summary>The runners of a <see cref="TaskGroup.RaceAsync{T}(Func{TaskRace{T}, Task}, TaskGroupOptions?)"/>.</summary>
/// <remarks>Thread safety: as the group's: on a loop it belongs to that loop, on the thread pool runners may be spawned from any
/// thread.</remarks>
/// <typeparam name="T">The result's type.</typeparam>
[DebuggerDisplay("{_won ? \"won\" : \"open\",nq}, {_group.CurrentChildren} running")]
public sealed class TaskRace<T>
{
    private readonly Lock _gate = new(); // on the pool, runners end on many threads
    private readonly TaskGroup _group;
    private List<Exception>? _errors;
    private T? _result;
    private bool _won;

    internal TaskRace(TaskGroup group) => _group = group;

    /// <summary>Spawns a runner. After somebody has won, it is cancelled without running.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="name">Its name; <c>task N</c> when omitted.</param>
    /// <returns>The runner; it fails to nobody, and ends as cancelled when another wins.</returns>
    /// <exception cref="LoopAffinityException">The race is on a loop and the caller is not, or it is not on a loop and the runner takes no token.</exception>
    public LoopTask Spawn(Func<Task<T>> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        _group.RequireLoop("A runner without a token", "a body that takes one: race.Spawn(async token => ...)");
        return _group.Spawn(() => RunAsync(_ => body(), default), name);
    }

    /// <summary>Spawns a runner that gets a token, on a loop or on the thread pool.</summary>
    /// <inheritdoc cref="Spawn(Func{Task{T}}, string?)"/>
    /// <param name="body">Its body; its token is cancelled when another wins.</param>
    /// <param name="name">Its name, on a loop.</param>
    public Task Spawn(Func<CancellationToken, Task<T>> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return _group.Spawn(token => RunAsync(body, token), name);
    }

    internal bool HasWinner => _won;

    internal Task DisposeWonAsync() => DisposeAsync(_result!);

    internal T Outcome()
    {
        if (_won) return _result!;
        if (_errors is not null) throw new TaskGroupException($"Task group '{_group.Name}'", _errors);
        throw new InvalidOperationException($"Nobody ran to the end in the race '{_group.Name}'. Spawn at least one runner, and leave one uncancelled.");
    }

    private async Task RunAsync(Func<CancellationToken, Task<T>> body, CancellationToken token)
    {
        T result;
        try
        {
            result = await body(token);
        }
        catch (Exception error) when (error is not OperationCanceledException || !IsCancelled(token))
        {
            lock (_gate) (_errors ??= []).Add(error);
            return;
        }
        if (Wins(result)) _group.Cancel("another one won the race");
        else await DisposeAsync(result);
    }

    private static bool IsCancelled(CancellationToken token) => LoopScope.Find()?.IsCancelled ?? token.IsCancellationRequested;

    private bool Wins(T result)
    {
        lock (_gate)
        {
            if (_won) return false;
            _result = result;
            return _won = true;
        }
    }

    // A result nobody gets.
    private static async Task DisposeAsync(T late)
    {
        using var shield = LoopScope.Find() is null ? null : CancelScope.Enter(shield: true);
        if (late is IAsyncDisposable resource) await resource.DisposeAsync();
        else (late as IDisposable)?.Dispose();
    }
}
