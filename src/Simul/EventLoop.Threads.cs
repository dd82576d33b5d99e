namespace Simul;

// Blocking code on threads: asyncio's to_thread, trio's to_thread.run_sync.
public sealed partial class EventLoop
{
    private LoopThreads? _threads;

    /// <summary>Runs blocking code on a thread, as part of the current task, while the loop goes on. A checkpoint.</summary>
    /// <remarks>
    /// <para>The threads are dedicated, kept for the next call, and bounded; never the shared pool's, so blocking is safe. The
    /// code sees the caller's <see cref="AsyncLocal{T}"/> values. It can come back to the loop through <see cref="FromThread"/>.</para>
    /// <para>Cancellation: before the start, the code never runs. A thread cannot be stopped: afterwards the call <em>waits for
    /// the code's end</em>, and brings its result. The code can ask (<see cref="FromThread.CheckCancelled"/>,
    /// <see cref="FromThread.Token"/>). With <paramref name="abandonOnCancel"/> the wait is given up at once and the thread
    /// written off: its late result goes nowhere, its late error to the loop's log, and it keeps its place under the limit
    /// until it ends.</para>
    /// <para>In virtual time the call holds the clock, and may sleep on it: <c>WorkContext.Current.Clock.Sleep(...)</c>.</para>
    /// <para>Semantics: trio's <c>to_thread.run_sync</c>.</para>
    /// </remarks>
    /// <typeparam name="T">What the code returns.</typeparam>
    /// <param name="body">The blocking code.</param>
    /// <param name="abandonOnCancel">Whether a cancellation gives up on the code instead of waiting for it.</param>
    /// <param name="name">The thread's name meanwhile. Default: the loop's name and a number.</param>
    /// <param name="limiter">Bounds how many run at once; the call borrows from it for as long as the code runs. Default: the
    /// loop's own, with <see cref="EventLoopOptions.MaxThreads"/>.</param>
    /// <returns>What the code returned, or its exception.</returns>
    /// <exception cref="OperationCanceledException">The current scope was cancelled.</exception>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public static async Task<T> ToThreadAsync<T>(Func<T> body, bool abandonOnCancel = false, string? name = null, CapacityLimiter? limiter = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        var loop = Current;
        var threads = loop._threads ??= new LoopThreads(loop);
        var scope = LoopScope.Require();
        var call = new ThreadCall<T>(loop, scope, body, name);
        call.Lease = await (limiter ?? threads.Limiter).AcquireAsync(call);
        bool abandoned = false;
        try
        {
            if (scope.IsCancelled) throw scope.CancellationError(); // the lease came first; the code has not begun
            call.Start(threads.Executor);
            try
            {
                await call.WaitAsync(abandonOnCancel);
            }
            catch (OperationCanceledException)
            {
                abandoned = call.TryAbandon();
                if (abandoned) throw;
                // It ended in the same moment: what it brought is kept.
            }
            return call.GetResult();
        }
        finally
        {
            if (!abandoned) call.Lease.Dispose();
        }
    }

    /// <inheritdoc cref="ToThreadAsync{T}"/>
    /// <returns>Ends with the code.</returns>
    public static Task ToThreadAsync(Action body, bool abandonOnCancel = false, string? name = null, CapacityLimiter? limiter = null)
    {
        ArgumentNullException.ThrowIfNull(body);
        return ToThreadAsync<object?>(() =>
        {
            body();
            return null;
        }, abandonOnCancel, name, limiter);
    }

    // A call to a thread is under way, so a loop that waits for it is not stalled.
    internal void BeginThreadCall() => Interlocked.Increment(ref _held);

    internal void EndThreadCall() => Interlocked.Decrement(ref _held);

    internal void ReportLate(string line) => Log(line);

    // The loop's threads: kept until it ends. Those that were written off are left to themselves.
    private sealed class LoopThreads(EventLoop loop)
    {
        // As many as the limits let through: a call that has its lease never waits for a thread.
        public ThreadExecutor Executor { get; } = loop.OwnExecutor(new ThreadExecutor(new ThreadExecutorOptions
        {
            Name = $"{loop.Name} thread",
            Workers = int.MaxValue,
            Clock = loop._core.Clock.Provider,
        }));

        public CapacityLimiter Limiter { get; } = new(loop._options.MaxThreads, $"threads of {loop.Name}");
    }
}
