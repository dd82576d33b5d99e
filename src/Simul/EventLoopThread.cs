using System.Diagnostics;

namespace Simul;

/// <summary>An event loop on a background thread of its own, from its construction to its disposal.</summary>
/// <remarks>
/// <para>The loop runs when the constructor returns. It waits for what is submitted and posted; it is never stalled, and it ends
/// when it is told to.</para>
/// <para>The end: <see cref="StopAsync"/> and disposal cancel what is on the loop, wait for it, and close the loop. To let work
/// finish first, await it.</para>
/// <para>Errors nobody handled (<see cref="EventLoopOptions.UnhandledError"/>) end the loop. They are written to its log, and
/// <see cref="Completion"/>, <see cref="StopAsync"/> and disposal raise them.</para>
/// <para>Thread safety: all members may be used from any thread.</para>
/// </remarks>
/// <example>
/// <code>
/// await using var thread = new EventLoopThread();
/// int answer = await thread.SubmitAsync(ComputeAsync);
/// </code>
/// </example>
[DebuggerDisplay("{Name,nq}: {Completion.Status}")]
public sealed class EventLoopThread : IAsyncDisposable, IDisposable
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly EventLoopOptions _options;
    private volatile bool _disposed;

    /// <summary>Starts the thread and its loop.</summary>
    /// <param name="options">The loop's options; its name is the thread's too.</param>
    public EventLoopThread(EventLoopOptions? options = null)
        : this(options, null)
    {
    }

    internal EventLoopThread(EventLoopOptions? options, EventLoopGroup? group)
    {
        _options = options ?? EventLoopOptions.Default;
        var ready = new TaskCompletionSource<EventLoop>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => Run(ready, group)) { IsBackground = true, Name = _options.Name }.UnsafeStart();
        Loop = ready.Task.GetAwaiter().GetResult(); // the loop is made on its thread: it must not inherit the caller's contexts
    }

    /// <summary>The loop.</summary>
    public EventLoop Loop { get; }

    /// <summary>The name of loop and thread.</summary>
    public string Name => _options.Name;

    /// <summary>Ends when the loop has ended; fails with the error that ended it.</summary>
    public Task Completion => _ended.Task;

    /// <inheritdoc cref="EventLoop.SubmitAsync(Func{Task}, CancellationToken)"/>
    public Task SubmitAsync(Func<Task> body, CancellationToken cancellationToken = default) => Loop.SubmitAsync(body, cancellationToken);

    /// <inheritdoc cref="EventLoop.SubmitAsync{T}(Func{Task{T}}, CancellationToken)"/>
    public Task<T> SubmitAsync<T>(Func<Task<T>> body, CancellationToken cancellationToken = default) => Loop.SubmitAsync(body, cancellationToken);

    /// <inheritdoc cref="EventLoop.Post"/>
    public void Post(Action callback) => Loop.Post(callback);

    /// <summary>Tells the loop to end: it cancels what is on it, waits for that, and closes. Does not wait itself, so tasks on the
    /// loop may call it.</summary>
    public void RequestStop() => Loop.RequestEnd();

    /// <summary>Ends the loop and waits for it.</summary>
    /// <param name="timeout">How long to wait at most, on the loop's clock; the loop goes on ending behind it. Default: no limit.</param>
    /// <returns>Ends when the loop has; fails with the error that ended it.</returns>
    /// <exception cref="TimeoutException">It has not ended in time.</exception>
    /// <exception cref="InvalidOperationException">The caller runs on the loop and would wait for itself.</exception>
    public async Task StopAsync(TimeSpan? timeout = null)
    {
        RefuseOnLoop();
        RequireLimit(timeout);
        RequestStop();
        try
        {
            await (timeout is { } limit ? Completion.WaitAsync(limit, _options.Clock) : Completion);
        }
        catch (TimeoutException) when (!Completion.IsCompleted)
        {
            throw new TimeoutException($"{Name} has not ended within {timeout}: a task on it heeds no cancellation, or a callback blocks. The loop goes on ending; see what is left with GetTaskTree.");
        }
    }

    /// <summary>Ends the loop and waits for it, as <see cref="StopAsync"/> without a limit. A second time does nothing.</summary>
    /// <returns>Ends when the loop has; the first call raises the error that ended it.</returns>
    /// <exception cref="InvalidOperationException">The caller runs on the loop and would wait for itself.</exception>
    public async ValueTask DisposeAsync()
    {
        RefuseOnLoop();
        if (_disposed) return;
        _disposed = true;
        await StopAsync();
    }

    /// <summary>Ends the loop and blocks until it has. A second time does nothing.</summary>
    /// <exception cref="InvalidOperationException">The caller runs on the loop and would wait for itself.</exception>
    public void Dispose()
    {
        RefuseOnLoop();
        if (_disposed) return;
        _disposed = true;
        RequestStop();
        Completion.GetAwaiter().GetResult();
    }

    internal static void RequireLimit(TimeSpan? timeout)
    {
        if (timeout is { } limit && limit != Timeout.InfiniteTimeSpan && (limit < TimeSpan.Zero || limit.TotalMilliseconds > uint.MaxValue - 1))
            throw new ArgumentOutOfRangeException(nameof(timeout), limit, "A limit is zero or more and below 49 days, or null or infinite for none.");
    }

    private void RefuseOnLoop()
    {
        if (Loop.Core.IsCurrent)
            throw new InvalidOperationException($"This code runs on {Name} and would wait for its own end. Call RequestStop here, and wait outside.");
    }

    private void Run(TaskCompletionSource<EventLoop> ready, EventLoopGroup? group)
    {
        EventLoop loop;
        try
        {
            loop = new EventLoop(_options) { Group = group };
            loop.BeginWithoutMain(onItsOwn: true);
        }
        catch (Exception error)
        {
            ready.SetException(error);
            return;
        }
        try
        {
            var host = loop.Enter();
            try
            {
                ready.SetResult(loop);
                loop.RunToEnd();
            }
            finally
            {
                loop.Leave(host);
            }
            if (loop.TakeUnhandled() is { } failure) Fail(loop, failure);
            else _ended.SetResult();
        }
        catch (Exception bug)
        {
            Fail(loop, bug);
        }
    }

    private void Fail(EventLoop loop, Exception error)
    {
        loop.ReportEnd(error);
        _ended.SetException(error);
        _ = _ended.Task.Exception; // it was logged: nobody is obliged to look at the task
    }
}
