using System.Diagnostics;
using System.Runtime.ExceptionServices;

namespace Simul;

/// <summary>A loop that its owner runs piece by piece, on a thread that has other things to do.</summary>
/// <remarks>
/// <para>Between two calls nothing of the loop runs: it is not current on the thread, and the thread's
/// <see cref="SynchronizationContext"/> is the one it was. Futures may be set, tasks be cancelled and callbacks be posted from
/// there, as from another thread; it all takes place in the next call.</para>
/// <para>Time: under a real clock it passes by itself. A virtual clock is held between the calls, and moves in
/// <see cref="WaitForWork"/> and <see cref="RunUntilComplete(Func{Task}, CancellationToken)"/>.</para>
/// <para>Errors nobody handled (<see cref="EventLoopOptions.UnhandledError"/>) are thrown by the call in which they came up, at its end.</para>
/// <para>The end: <see cref="Dispose"/> cancels what is left, runs until it has ended, and closes the loop.</para>
/// <para>Thread safety: one thread at a time; which one may change from call to call.</para>
/// <para>Semantics: asyncio's <c>run_until_complete</c> and <c>run_once</c>, with a loop that has an owner.</para>
/// </remarks>
/// <example>
/// <code>
/// using var pump = EventLoop.Open();
/// var game = pump.Start(PlayAsync);
/// while (!game.IsCompleted)
/// {
///     pump.RunUntilIdle(maxTurns: 10);
///     DrawFrame();
/// }
/// </code>
/// </example>
[DebuggerDisplay("{Loop}")]
public sealed class LoopPump : IDisposable
{
    internal LoopPump(EventLoop loop)
    {
        Loop = loop;
        loop.BeginWithoutMain(onItsOwn: false);
    }

    /// <summary>The loop, for <see cref="EventLoop.Post"/>, <see cref="EventLoop.SubmitAsync(Func{Task}, CancellationToken)"/> and
    /// <see cref="EventLoop.TimeProvider"/>.</summary>
    public EventLoop Loop { get; }

    /// <summary>Puts a task on the loop; it begins in the next call that runs the loop.</summary>
    /// <param name="body">The task's body. It sees the caller's <see cref="AsyncLocal{T}"/> values.</param>
    /// <param name="cancellationToken">Cancels it.</param>
    /// <returns>Its outcome. To wait for it without running the loop is to wait for ever.</returns>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public Task Start(Func<Task> body, CancellationToken cancellationToken = default) => Loop.SubmitAsync(body, cancellationToken);

    /// <inheritdoc cref="Start(Func{Task}, CancellationToken)"/>
    /// <typeparam name="T">What the task returns.</typeparam>
    public Task<T> Start<T>(Func<Task<T>> body, CancellationToken cancellationToken = default) => Loop.SubmitAsync(body, cancellationToken);

    /// <summary>Runs one turn: what is ready at its beginning, timers that are due and posts of other threads included. Does not wait.</summary>
    /// <returns>Whether anything ran.</returns>
    /// <exception cref="InvalidOperationException">The caller is part of the loop, or another thread runs it.</exception>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public bool RunOneTurn()
    {
        Run(maxTurns: 1, out int ran);
        return ran > 0;
    }

    /// <summary>Runs turns until nothing is ready. Does not wait.</summary>
    /// <param name="maxTurns">How many turns at most, so that tasks that never wait cannot keep the caller. Default: no bound.</param>
    /// <returns>The time until the next timer is due, on the loop's clock: zero when there is something ready still, null when
    /// no timer is set.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The number of turns is below one.</exception>
    /// <exception cref="InvalidOperationException">The caller is part of the loop, or another thread runs it.</exception>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public TimeSpan? RunUntilIdle(int maxTurns = int.MaxValue)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(maxTurns, 1);
        return Run(maxTurns, out _);
    }

    /// <summary>Blocks until there is something for the loop to run: a timer is due, a post came in. Runs nothing itself.</summary>
    /// <remarks>A virtual clock moves here: when everybody on it waits, it jumps to the next moment.</remarks>
    /// <param name="limit">How long at most, on the loop's clock. Default: no limit.</param>
    /// <returns>False when the limit passed first.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is negative, or ends after the end of time.</exception>
    /// <exception cref="LoopStalledException">There is no limit, and nothing can ever come: every task waits for another. Tell
    /// the loop of posts to come with <see cref="EventLoop.HoldOpen"/>.</exception>
    /// <exception cref="InvalidOperationException">The caller is part of the loop, or another thread runs it.</exception>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public bool WaitForWork(TimeSpan? limit = null)
    {
        if (limit < TimeSpan.Zero && limit != Timeout.InfiniteTimeSpan)
            throw new ArgumentOutOfRangeException(nameof(limit), limit, "A limit must not be negative. Leave it out to wait without one.");
        var core = Loop.Core;
        bool limited = limit is { } && limit != Timeout.InfiniteTimeSpan;
        var host = Loop.Enter();
        if (limited) Loop.ExpectHost();
        try
        {
            long latest = limited ? core.DeadlineIn(limit!.Value) : long.MaxValue;
            while (true)
            {
                core.Look();
                if (core.Ready.Count > 0) return true;
                if (core.Clock.Now >= latest) return false;
                if (!Loop.TryPlanWait(asksOnly: true, out var plan)) continue;
                core.WaitOnce(plan with { Until = Math.Min(plan.Until, latest) });
            }
        }
        finally
        {
            if (limited) Loop.ForgetHost();
            Loop.Leave(host);
        }
    }

    /// <summary>Runs the loop, blocking, until a main task has ended. What else is on the loop runs with it, and stays there
    /// afterwards.</summary>
    /// <param name="main">The main task's body. It sees the caller's <see cref="AsyncLocal{T}"/> values.</param>
    /// <param name="cancellationToken">Cancels the main task.</param>
    /// <exception cref="LoopStalledException">Nothing can ever happen any more, and the main task has not ended. It was
    /// cancelled; other tasks were not.</exception>
    /// <exception cref="OperationCanceledException">The main task was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The caller is part of the loop, or another thread runs it.</exception>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public void RunUntilComplete(Func<Task> main, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        RunToItsEnd(() => new LoopTask(Loop.Root, main, "main"), cancellationToken);
    }

    /// <inheritdoc cref="RunUntilComplete(Func{Task}, CancellationToken)"/>
    /// <typeparam name="T">What the main task returns.</typeparam>
    /// <returns>What the main task returned.</returns>
    public T RunUntilComplete<T>(Func<Task<T>> main, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(main);
        return RunToItsEnd(() => new LoopTask<T>(Loop.Root, main, "main"), cancellationToken).Result;
    }

    /// <summary>Ends the loop: cancels what is left, runs until it has ended, closes. A second time does nothing.</summary>
    /// <exception cref="InvalidOperationException">The caller is part of the loop, or another thread runs it.</exception>
    public void Dispose()
    {
        if (Loop.IsEnded) return;
        var host = Loop.Enter();
        try
        {
            Loop.RequestEndOnLoop();
            Loop.RunToEnd();
        }
        finally
        {
            Loop.Leave(host);
        }
        ThrowUnhandled();
    }

    private TimeSpan? Run(int maxTurns, out int ran)
    {
        var core = Loop.Core;
        TimeSpan? left;
        var host = Loop.Enter();
        try
        {
            bool more = Loop.RunSome(int.MaxValue, maxTurns, out ran);
            long next = core.Timers.NextDeadline;
            left = more ? TimeSpan.Zero : next == long.MaxValue ? null : TimeSpan.FromTicks(Math.Max(0, next - core.Clock.Now));
        }
        finally
        {
            Loop.Leave(host);
        }
        ThrowUnhandled();
        return left;
    }

    private TTask RunToItsEnd<TTask>(Func<TTask> make, CancellationToken cancellationToken)
        where TTask : LoopTask
    {
        TTask task;
        var host = Loop.Enter();
        try
        {
            task = make();
            Loop.SetFlow(task, host.Flow);
            Loop.BeginMain(task, cancellationToken, endsWithMain: false);
            Loop.RunUntilMainEnded(task);
        }
        finally
        {
            Loop.Leave(host);
        }
        Loop.ThrowOutcome(task);
        return task;
    }

    private void ThrowUnhandled()
    {
        if (Loop.TakeUnhandled() is { } error) ExceptionDispatchInfo.Throw(error);
    }
}
