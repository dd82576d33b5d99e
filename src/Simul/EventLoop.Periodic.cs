namespace Simul;

// What happens again and again.
public sealed partial class EventLoop
{
    /// <summary>Streams a tick each time a period has passed, for as long as it is read. Each step is a checkpoint.</summary>
    /// <remarks>
    /// <para>Yields the moment at which the tick was due, on the loop's clock (<see cref="Now"/>). The first is due one period
    /// after the reading begins; later ones stand on that grid, so that nothing drifts.</para>
    /// <para>Cancellation: of the current scope, or of the token given to <c>WithCancellation</c>.</para>
    /// <para>Semantics: tokio's <c>Interval</c>, beginning one period later, as <see cref="PeriodicTimer"/> does.</para>
    /// </remarks>
    /// <param name="period">The time between two ticks; above zero.</param>
    /// <param name="missed">What becomes of ticks that went by while the reader was busy.</param>
    /// <returns>The ticks, without an end.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The period is not above zero.</exception>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The reader does not run on a loop.</exception>
    public static IAsyncEnumerable<TimeSpan> Ticks(TimeSpan period, MissedTicks missed = MissedTicks.Skip)
    {
        Period.Require(period, missed);
        return new TickSequence(period.Ticks, missed);
    }

    /// <summary>Has a callback called each time a period has passed, first when it has passed once.</summary>
    /// <remarks>Nothing drifts: calls are counted from the moment the last one was due. One that is still in the queue when the
    /// next is due is not put there twice, unless missed calls come in a burst.</remarks>
    /// <param name="period">The time between two calls; above zero.</param>
    /// <param name="callback">The callback. What it throws goes to the unhandled-error handler, and the calls go on.</param>
    /// <param name="missed">What becomes of calls that were missed while the loop was busy.</param>
    /// <returns>A handle that ends the calls.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The period is not above zero.</exception>
    public TimerHandle CallEvery(TimeSpan period, Action callback, MissedTicks missed = MissedTicks.Skip)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Period.Require(period, missed);
        var timer = new PeriodicCallback(_core, Check(), callback, period.Ticks, missed);
        timer.Arm(_core.DeadlineIn(period));
        return new TimerHandle(_core, timer);
    }

    private sealed class PeriodicCallback(LoopCore core, LoopScope scope, Action callback, long period, MissedTicks missed) : TimerNode
    {
        private static readonly Action<object?> s_run = static x => ((PeriodicCallback)x!).RunOnLoop();

        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private long _due;
        private int _queued;

        public void Arm(long due)
        {
            _due = due;
            core.Timers.Add(this, due);
        }

        internal override void FireOnLoop()
        {
            Arm(Period.Next(_due, period, core.Clock.Now, missed));
            if (_queued > 0 && missed != MissedTicks.Burst) return;
            _queued++;
            core.Ready.Push(s_run, this, scope.Live);
        }

        private void RunOnLoop()
        {
            _queued--;
            if (Order < 0) return; // withdrawn while it stood in the queue
            if (_context is null || _context == core.BaseContext) callback();
            else ExecutionContext.Run(_context, static x => ((PeriodicCallback)x!).Invoke(), this);
        }

        private void Invoke() => callback();
    }
}
