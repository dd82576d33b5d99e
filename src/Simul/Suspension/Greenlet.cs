namespace Simul;

/// <summary>The fourth of the four suspensions: blocking-looking code on a stack of its own, which waits at any depth without
/// blocking the loop.</summary>
/// <remarks>
/// <para>A greenlet runs on a pooled thread, but never beside the loop: a baton says who runs, the loop or exactly one greenlet.
/// So a greenlet is loop code, with the loop's guarantees, and may use everything that belongs to the loop.</para>
/// <para>Beware: a C# <c>lock</c> held across <see cref="Await(ValueTask)"/> can stop the loop, when loop code then waits for it.
/// So can what locks on its own, a <see cref="Lazy{T}"/> or a static constructor: let nobody else ask for those meanwhile. A call
/// that blocks the greenlet's thread blocks the loop, as it would in an async method.</para>
/// <para>Cancellation: every wait on Simul's awaitables is a checkpoint, again and again until the body ends. A greenlet that
/// still waits when its loop has ended is unwound: its wait, and each further one, raises
/// <see cref="OperationCanceledException"/>; one that swallows a thousand of them is given up, and <c>Run</c> fails naming it.</para>
/// <para>How many: <see cref="EventLoopOptions"/> have a <see cref="GreenletOptions"/>.</para>
/// <para>Semantics: Python's greenlet and gevent, with explicit waits.</para>
/// </remarks>
/// <example>
/// <code>
/// group.Spawn(() => Greenlet.RunAsync(() =>
/// {
///     moves.Sort((a, b) => Greenlet.Await(RateAsync(a)) - Greenlet.Await(RateAsync(b)));
/// }));
/// </code>
/// </example>
public static class Greenlet
{
    /// <summary>True when the calling code runs in a greenlet.</summary>
    public static bool IsCurrent => GreenletThread.Current is not null;

    /// <summary>Runs a body as a greenlet, in the current task; it runs at once, to its first wait.</summary>
    /// <param name="body">The body.</param>
    /// <returns>Ends with the body.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    /// <exception cref="GreenletLimitException">As many are alive as may be.</exception>
    public static Task RunAsync(Action body)
    {
        ArgumentNullException.ThrowIfNull(body);
        return RunAsync<object?>(() =>
        {
            body();
            return null;
        });
    }

    /// <inheritdoc cref="RunAsync(Action)"/>
    /// <typeparam name="T">What the body returns.</typeparam>
    public static Task<T> RunAsync<T>(Func<T> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var run = new GreenletBody<T>(body);
        GreenletPool.Of(LoopScope.Require().Core).Start(run);
        return run.Outcome;
    }

    /// <summary>Waits, as if blocking; the loop and everything on it goes on meanwhile.</summary>
    /// <param name="wait">What to wait for.</param>
    /// <exception cref="InvalidOperationException">The caller is no greenlet.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    public static void Await(ValueTask wait)
    {
        var awaiter = wait.GetAwaiter();
        if (!awaiter.IsCompleted)
        {
            var thread = Required();
            thread.ThrowIfUnwinding();
            awaiter.UnsafeOnCompleted(thread.Resume);
            thread.Park();
        }
        awaiter.GetResult();
    }

    /// <inheritdoc cref="Await(ValueTask)"/>
    /// <typeparam name="T">What is waited for.</typeparam>
    /// <returns>What the wait brought.</returns>
    public static T Await<T>(ValueTask<T> wait)
    {
        var awaiter = wait.GetAwaiter();
        if (!awaiter.IsCompleted)
        {
            var thread = Required();
            thread.ThrowIfUnwinding();
            awaiter.UnsafeOnCompleted(thread.Resume);
            thread.Park();
        }
        return awaiter.GetResult();
    }

    /// <inheritdoc cref="Await(ValueTask)"/>
    public static void Await(Task wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        Await(new ValueTask(wait));
    }

    /// <inheritdoc cref="Await{T}(ValueTask{T})"/>
    public static T Await<T>(Task<T> wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return Await(new ValueTask<T>(wait));
    }

    /// <inheritdoc cref="Await(ValueTask)"/>
    public static void Await(LoopTask wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        Await(wait.JoinAsync());
    }

    /// <inheritdoc cref="Await{T}(ValueTask{T})"/>
    public static T Await<T>(LoopTask<T> wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return Await(wait.JoinAsync());
    }

    /// <inheritdoc cref="Await{T}(ValueTask{T})"/>
    public static T Await<T>(Future<T> wait)
    {
        ArgumentNullException.ThrowIfNull(wait);
        return Await(wait.WaitAsync());
    }

    /// <summary>Gives up the turn.</summary>
    /// <exception cref="InvalidOperationException">The caller is no greenlet.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    public static void Yield()
    {
        var scope = LoopScope.Require();
        if (!scope.IsCancelled)
        {
            var thread = Required();
            thread.ThrowIfUnwinding();
            scope.Core.Ready.PushEntry(thread.Resume, scope.Live); // the loop's own contexts are untouched by a switch
            thread.Park();
        }
        if (scope.IsCancelled) throw scope.CancellationError();
    }

    /// <summary>Waits until a time has passed on the loop's clock.</summary>
    /// <param name="duration">How long.</param>
    public static void Delay(TimeSpan duration) => Await(LoopScope.Require().Delay(duration));

    /// <summary>The running loop's greenlets at this moment.</summary>
    /// <returns>An immutable snapshot.</returns>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static GreenletStatistics GetStatistics() => GreenletPool.Of(LoopScope.Require().Core).GetStatistics();

    private static GreenletThread Required() => GreenletThread.Current
        ?? throw new InvalidOperationException("Only a greenlet can wait without await, and this code runs in none. Start it with Greenlet.RunAsync, or await the wait.");
}
