namespace Simul;

public sealed partial class TaskGroup
{
    /// <summary>Runs several bodies as children of a group of their own; the first that succeeds wins, the others are cancelled
    /// and awaited.</summary>
    /// <remarks>
    /// <para>Failures count only when nobody wins. A result that comes too late is disposed if it can be.</para>
    /// <para>Semantics: Nito.StructuredConcurrency's race groups.</para>
    /// </remarks>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="bodies">The runners.</param>
    /// <returns>The winner's result.</returns>
    /// <exception cref="TaskGroupException">All failed; it has every error.</exception>
    /// <exception cref="ArgumentException">There is no body.</exception>
    /// <exception cref="OperationCanceledException">A scope around the race was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The runners take no token, and the caller does not run on a loop.</exception>
    public static Task<T> RaceAsync<T>(params ReadOnlySpan<Func<Task<T>>> bodies)
    {
        if (LoopScope.Find() is null) throw LoopAffinityException.NotOnLoop("A runner without a token", "one that takes one: TaskGroup.RaceAsync(async token => ..., async token => ...)");
        return RaceAsync<Func<Task<T>>, T>(bodies, static (race, runner) => race.Spawn(runner));
    }

    /// <summary>The same with runners that get a token, on a loop or on the thread pool.</summary>
    /// <inheritdoc cref="RaceAsync{T}(ReadOnlySpan{Func{Task{T}}})"/>
    /// <param name="bodies">The runners; their token is cancelled when another wins.</param>
    public static Task<T> RaceAsync<T>(params ReadOnlySpan<Func<CancellationToken, Task<T>>> bodies) =>
        RaceAsync<Func<CancellationToken, Task<T>>, T>(bodies, static (race, runner) => _ = race.Spawn(runner));

    /// <inheritdoc cref="RaceAsync{T}(ReadOnlySpan{Func{Task{T}}})"/>
    /// <param name="body">Spawns the runners; it may do so as long as nobody has won.</param>
    /// <param name="options">Name of the group.</param>
    /// <exception cref="InvalidOperationException">No runner was spawned, or all were cancelled one by one.</exception>
    public static async Task<T> RaceAsync<T>(Func<TaskRace<T>, Task> body, TaskGroupOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        TaskRace<T>? race = null;
        try
        {
            await RunAsync(
                group =>
                {
                    race = new TaskRace<T>(group);
                    return body(race);
                },
                (options ?? TaskGroupOptions.Default) with { Name = options?.Name ?? "race" });
        }
        catch when (race is { HasWinner: true })
        {
            await race.DisposeWonAsync(); // cancelled from outside, or the body failed: nobody gets the result
            throw;
        }
        return race!.Outcome();
    }

    private static Task<T> RaceAsync<TBody, T>(ReadOnlySpan<TBody> bodies, Action<TaskRace<T>, TBody> spawn)
    {
        var runners = bodies.ToArray();
        if (runners.Length == 0) throw new ArgumentException("A race needs at least one runner.", nameof(bodies));
        return RaceAsync<T>(race =>
        {
            foreach (var runner in runners) spawn(race, runner);
            return Task.CompletedTask;
        });
    }
}
