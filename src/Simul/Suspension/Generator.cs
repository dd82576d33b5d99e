namespace Simul;

/// <summary>The second of the four suspensions: a coroutine written as an iterator, which suspends with <c>yield return</c>.</summary>
/// <remarks>
/// <para>Cancellation: a cancelled wait ends the generator; its <c>finally</c> blocks run. C# allows no <c>yield return</c> in a
/// <c>try</c> with a <c>catch</c>, so a generator cannot handle the failure of what it waits for; wait for a
/// <see cref="LoopTask.WaitAsync"/> instead.</para>
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
        LoopScope.Require();
        var run = new Run(generator.GetEnumerator());
        run.Step();
        return run.Outcome;
    }

    // Drives one generator: from wait to wait, without an async method in between.
    private sealed class Run : IAwaitLink
    {
        private readonly IEnumerator<Suspend> _generator;
        private readonly TaskCompletionSource _outcome = new();
        private readonly Action _resume;

        public Run(IEnumerator<Suspend> generator)
        {
            _generator = generator;
            _resume = Resume;
        }

        public Task Outcome => _outcome.Task;

        public string Method => MethodNames.OfStateMachine(_generator.GetType());

        private void Resume()
        {
            try
            {
                _generator.Current.Finish();
            }
            catch (Exception error)
            {
                End(error);
                return;
            }
            Step();
        }

        public void Step()
        {
            try
            {
                while (_generator.MoveNext())
                {
                    var wait = _generator.Current;
                    if (!wait.IsCompleted)
                    {
                        wait.OnCompleted(_resume);
                        return;
                    }
                    wait.Finish();
                }
            }
            catch (Exception error)
            {
                End(error);
                return;
            }
            End(null);
        }

        private void End(Exception? error)
        {
            try
            {
                _generator.Dispose();
            }
            catch (Exception failed)
            {
                error = failed; // as in C#: what a finally block throws takes the place of what was under way
            }
            switch (error)
            {
                case null:
                    _outcome.SetResult();
                    break;
                case OperationCanceledException { CancellationToken: { IsCancellationRequested: true } token }:
                    _outcome.SetCanceled(token);
                    break;
                default:
                    _outcome.SetException(error);
                    break;
            }
        }
    }
}
