namespace Simul;

/// <summary>The second of the four suspensions: a coroutine written as an iterator, which suspends with <c>yield return</c>.</summary>
/// <remarks>
/// <para>Cancellation: a cancelled wait ends the generator; its <c>finally</c> blocks run. C# allows no <c>yield return</c> in a
/// <c>try</c> with a <c>catch</c>; <see cref="Suspend.Try"/> stands for that. No <c>yield return</c> inside a cancel scope that
/// the generator entered itself: that is noticed and ends it.</para>
/// <para>Ordering: runs at once to its first wait, then as an async method would: a wait that has what it wants already does not
/// suspend. <c>AsyncLocal</c> values flow as they do there.</para>
/// <para>Thread safety: belongs to the loop.</para>
/// </remarks>
/// <example>
/// <code>
/// static IEnumerable&lt;Suspend&gt; Play(AsyncLock player)
/// {
///     yield return Suspend.On(player.LockAsync(), out var hold);
///     using (hold.Value) yield return Suspend.Delay(TimeSpan.FromSeconds(5));
/// }
///
/// group.Spawn(() => Generator.RunAsync(Play(player)));
/// </code>
/// </example>
public static class Generator
{
    /// <summary>Runs a generator in the current task.</summary>
    /// <param name="generator">The generator; it runs at once, to its first wait.</param>
    /// <returns>Ends with the generator.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static Task RunAsync(IEnumerable<Suspend> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var run = new GeneratorRun<bool>(LoopScope.Require().Core, null);
        run.Start(generator);
        return run.Outcome;
    }

    /// <summary>Runs a generator that has a result.</summary>
    /// <typeparam name="T">The result's type.</typeparam>
    /// <param name="generator">Makes the generator; it leaves its result in what it is given.</param>
    /// <returns>Ends with the generator.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static Task<T> RunAsync<T>(Func<GeneratorResult<T>, IEnumerable<Suspend>> generator)
    {
        ArgumentNullException.ThrowIfNull(generator);
        var result = new GeneratorResult<T>();
        var run = new GeneratorRun<T>(LoopScope.Require().Core, result);
        run.Start(generator(result));
        return run.Outcome;
    }
}
