using System.Diagnostics;

namespace Simul;

/// <summary>The runners of a <see cref="TaskGroup.RaceAsync{T}(Func{TaskRace{T}, Task}, TaskGroupOptions?)"/>.</summary>
/// <remarks>Thread safety: belongs to the loop.</remarks>
/// <typeparam name="T">The result's type.</typeparam>
[DebuggerDisplay("{_won ? \"won\" : \"open\",nq}, {_group.CurrentChildren} running")]
public sealed class TaskRace<T>
{
    private readonly TaskGroup _group;
    private List<Exception>? _errors;
    private T? _result;
    private bool _won;

    internal TaskRace(TaskGroup group) => _group = group;

    /// <summary>Spawns a runner. After somebody has won, it is cancelled without running.</summary>
    /// <param name="body">Its body.</param>
    /// <param name="name">Its name; <c>task N</c> when omitted.</param>
    /// <returns>The runner; it fails to nobody, and ends as cancelled when another wins.</returns>
    public LoopTask Spawn(Func<Task<T>> body, string? name = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return _group.Spawn(() => RunAsync(body), name);
    }

    internal T Outcome()
    {
        if (_won) return _result!;
        if (_errors is not null) throw new TaskGroupException($"Task group '{_group.Name}'", _errors);
        throw new InvalidOperationException($"Nobody ran to the end in the race '{_group.Name}'. Spawn at least one runner, and leave one uncancelled.");
    }

    private async Task RunAsync(Func<Task<T>> body)
    {
        T result;
        try
        {
            result = await body();
        }
        catch (Exception error) when (error is not OperationCanceledException || LoopScope.Find() is not { IsCancelled: true })
        {
            (_errors ??= []).Add(error);
            return;
        }
        if (!_won)
        {
            _won = true;
            _result = result;
            _group.Cancel("another one won the race");
        }
        else if (result is IAsyncDisposable late)
        {
            using (CancelScope.Enter(shield: true)) await late.DisposeAsync();
        }
        else if (result is IDisposable lateToo)
        {
            lateToo.Dispose();
        }
    }
}
