namespace Simul;

/// <summary>The way back to the loop for blocking code that <see cref="EventLoop.ToThreadAsync{T}"/> runs on a thread.</summary>
/// <remarks>
/// <para>What it runs on the loop belongs to the task that started the code, and to its scope: it has that task's
/// cancellation, deadlines and shields.</para>
/// <para>Cancellation: <see cref="CheckCancelled"/> and <see cref="Run(Func{Task})"/> are checkpoints; <see cref="Call(Action)"/>
/// is none, so that clean-up can use it.</para>
/// <para>In virtual time the thread frees the clock while it waits for the loop.</para>
/// <para>Thread safety: for the thread of the call, not for others that the code starts.</para>
/// <para>Semantics: trio's <c>from_thread</c>.</para>
/// </remarks>
/// <example>
/// <code>
/// await EventLoop.ToThreadAsync(() =>
/// {
///     foreach (string line in File.ReadLines(path))
///     {
///         FromThread.CheckCancelled();
///         FromThread.Run(() => channel.WriteAsync(line).AsTask());
///     }
/// });
/// </code>
/// </example>
public static class FromThread
{
    /// <summary>Whether the task that started the code was cancelled, as its checkpoints would see it.</summary>
    /// <exception cref="InvalidOperationException">The calling thread runs no such code.</exception>
    public static bool IsCancelled => Required().Token.IsCancellationRequested;

    /// <summary>Cancelled with the scope in which the code was started; for blocking calls that take a token.</summary>
    /// <exception cref="InvalidOperationException">The calling thread runs no such code.</exception>
    public static CancellationToken Token => Required().Token;

    /// <summary>Raises when the task that started the code was cancelled; otherwise does nothing.</summary>
    /// <exception cref="OperationCanceledException">It was cancelled.</exception>
    /// <exception cref="InvalidOperationException">The calling thread runs no such code.</exception>
    public static void CheckCancelled() => ThrowIfCancelled(Required());

    /// <summary>Runs a coroutine on the loop and blocks until it has ended.</summary>
    /// <param name="body">The coroutine; what it waits for is a checkpoint of the task that started the code.</param>
    /// <exception cref="OperationCanceledException">The task was cancelled.</exception>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    /// <exception cref="InvalidOperationException">The calling thread runs no such code, or it runs a loop, which would wait for itself.</exception>
    public static void Run(Func<Task> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        Run(async () =>
        {
            await body();
            return true;
        });
    }

    /// <inheritdoc cref="Run(Func{Task})"/>
    /// <typeparam name="T">What the coroutine returns.</typeparam>
    /// <returns>What it returned.</returns>
    public static T Run<T>(Func<Task<T>> body)
    {
        ArgumentNullException.ThrowIfNull(body);
        var call = Required();
        ThrowIfCancelled(call);
        return new LoopRequest<T>(call, body).Wait();
    }

    /// <summary>Runs a callback on the loop and blocks until it has.</summary>
    /// <param name="callback">The callback.</param>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    /// <exception cref="InvalidOperationException">The calling thread runs no such code, or it runs a loop, which would wait for itself.</exception>
    public static void Call(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        Call(() =>
        {
            callback();
            return true;
        });
    }

    /// <inheritdoc cref="Call(Action)"/>
    /// <typeparam name="T">What the callback returns.</typeparam>
    /// <returns>What it returned.</returns>
    public static T Call<T>(Func<T> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        return new LoopRequest<T>(Required(), () => Task.FromResult(callback())).Wait();
    }

    private static ThreadCall Required()
    {
        if (EventLoop.CurrentOrNull is { } loop)
            throw new InvalidOperationException($"This code runs on {loop.Name} itself, which would wait for itself here. Await or call it directly; FromThread is for code that EventLoop.ToThreadAsync runs.");
        return ThreadCall.Current ?? throw new InvalidOperationException(
            "This thread runs no code of EventLoop.ToThreadAsync, so there is no task to go back to. Start the code with ToThreadAsync, or use EventLoop.SubmitAsync or Post with a loop of your own.");
    }

    private static void ThrowIfCancelled(ThreadCall call)
    {
        if (call.Token.IsCancellationRequested) throw new OperationCanceledException("The task that started this code on a thread was cancelled.", call.Token);
    }

    // A visit to the loop, on behalf of a thread that blocks meanwhile.
    private sealed class LoopRequest<T>(ThreadCall call, Func<Task<T>> body)
    {
        private static readonly Action<object?> s_begin = static x => ((LoopRequest<T>)x!).BeginOnLoop();

        private readonly ManualResetEventSlim _done = new();
        private readonly ExecutionContext? _context = ExecutionContext.Capture();
        private readonly ClockMember? _member = ClockMember.Current;
        private T? _result;
        private Exception? _error;

        public T Wait()
        {
            if (!call.Loop.Core.Inject(s_begin, this, call.Scope)) throw new EventLoopClosedException(call.Loop.Name);
            // The clock is the loop's meanwhile; it gives the clock back before it lets this thread go on.
            _member?.IdleUntil(TimeSpan.MaxValue);
            _done.Wait();
            if (_error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
            return _result!;
        }

        private void BeginOnLoop()
        {
            if (_context is null) _ = RunAsync();
            else ExecutionContext.Run(_context, static x => _ = ((LoopRequest<T>)x!).RunAsync(), this);
        }

        private async Task RunAsync()
        {
            try
            {
                // The task has gone on without this thread: there is nobody left for whom to run anything.
                if (call.IsAbandoned) throw new OperationCanceledException("The code on this thread was given up by the task that started it.", call.Token);
                _result = await body();
            }
            catch (Exception error)
            {
                _error = error;
            }
            _member?.Busy();
            _done.Set();
        }
    }
}
