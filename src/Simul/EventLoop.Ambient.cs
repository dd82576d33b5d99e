namespace Simul;

// What running code asks of the loop it runs on.
public sealed partial class EventLoop
{
    /// <summary>The loop the calling code runs on.</summary>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static EventLoop Current => CurrentOrNull ?? throw LoopAffinityException.NotOnLoop();

    /// <summary>The loop the calling code runs on; null when there is none.</summary>
    public static EventLoop? CurrentOrNull => LoopCore.Current?.Host as EventLoop;

    /// <summary>The time on the running loop's clock. Differences count; under virtual time it is the clock's
    /// <see cref="VirtualTimeProvider.Elapsed"/>, otherwise the time since the loop began.</summary>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static TimeSpan Now => TimeSpan.FromTicks((LoopCore.Current ?? throw LoopAffinityException.NotOnLoop()).Clock.Now);

    /// <summary>The task the calling code belongs to.</summary>
    /// <exception cref="LoopAffinityException">The caller does not run in a loop task.</exception>
    public static LoopTask CurrentTask => LoopScope.Require().Owner ?? throw LoopAffinityException.NotOnLoop();

    /// <summary>Gives up the turn: everything that is ready now runs first. A checkpoint.</summary>
    /// <returns>To be awaited, on the loop; ends in the next turn.</returns>
    public static LoopYield Yield() => default;

    /// <summary>Waits until the time has passed on the loop's clock. A checkpoint.</summary>
    /// <param name="duration">How long; zero gives up the turn, <see cref="Timeout.InfiniteTimeSpan"/> waits for a cancellation.</param>
    /// <returns>Ends when the time has passed.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative, or ends after the end of time.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static ValueTask Delay(TimeSpan duration) => LoopScope.Require().Delay(duration);

    /// <summary>Waits until a moment on the loop's clock; one in the past gives up the turn. A checkpoint.</summary>
    /// <param name="moment">The moment, as <see cref="Now"/> will show it.</param>
    /// <returns>Ends when the moment has come.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    public static ValueTask DelayUntil(TimeSpan moment) => LoopScope.Require().DelayUntil(moment.Ticks);

    /// <summary>Makes a checkpoint of a foreign task: a cancellation of the current scope ends the wait, not the task.</summary>
    /// <param name="task">The task to wait for.</param>
    /// <returns>Ends with the task.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    public static Task Interruptible(Task task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.WaitAsync(LoopScope.Require().Token);
    }

    /// <inheritdoc cref="Interruptible(Task)"/>
    /// <typeparam name="T">What the task returns.</typeparam>
    public static Task<T> Interruptible<T>(Task<T> task)
    {
        ArgumentNullException.ThrowIfNull(task);
        return task.WaitAsync(LoopScope.Require().Token);
    }

    /// <inheritdoc cref="Interruptible(Task)"/>
    public static ValueTask Interruptible(ValueTask task) => task.IsCompleted ? task : new(Interruptible(task.AsTask()));

    /// <inheritdoc cref="Interruptible(Task)"/>
    /// <typeparam name="T">What the task returns.</typeparam>
    public static ValueTask<T> Interruptible<T>(ValueTask<T> task) => task.IsCompleted ? task : new(Interruptible(task.AsTask()));
}
