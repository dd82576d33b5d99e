using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Simul;

/// <summary>A result that is not there yet: one side sets it, the other awaits it or is called back.</summary>
/// <remarks>
/// <para>Cancellation: the wait is a checkpoint; giving it up leaves the future alone.</para>
/// <para>Ordering: waiters and callbacks are served in the order in which they came, each from the loop's queue, never on the
/// setter's stack.</para>
/// <para>Thread safety: belongs to the loop it was made on. Setting it is legal from any thread; from another one it is posted.</para>
/// <para>Semantics: asyncio's <c>Future</c>, without its cancel.</para>
/// </remarks>
/// <typeparam name="T">The result's type.</typeparam>
[DebuggerDisplay("{DebuggerText,nq}")]
public sealed class Future<T> : IWaitSubject
{
    private readonly LoopCore _core;
    private readonly WaiterQueue _waiters;
    private List<(Action<Future<T>> Callback, LoopScope Scope, ExecutionContext? Context)>? _callbacks;
    private T? _result;
    private Exception? _error;
    private int _claimed; // interlocked: who sets it first

    /// <summary>Makes a future of the running loop.</summary>
    /// <exception cref="LoopAffinityException">The caller does not run on a loop.</exception>
    public Future()
    {
        _core = LoopScope.Require().Core;
        _waiters = new WaiterQueue(this);
    }

    /// <summary>True once it has a result or an error.</summary>
    public bool IsCompleted { get; private set; }

    /// <summary>The result.</summary>
    /// <exception cref="InvalidOperationException">It is not there yet.</exception>
    public T Result
    {
        get
        {
            if (!IsCompleted) throw new InvalidOperationException("The future has no result yet. Await it, or ask in a callback given to OnCompleted.");
            Observe();
            if (_error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(_error);
            return _result!;
        }
    }

    /// <summary>The error it was completed with; null while it has none.</summary>
    public Exception? Error
    {
        get
        {
            Observe();
            return _error;
        }
    }

    string IWaitSubject.Describe() => $"a future of {typeof(T).Name}";

    private string DebuggerText => !IsCompleted ? $"Future: open, {_waiters.Count} waiting" : _error is null ? $"Future: {_result}" : $"Future: {_error.GetType().Name}";

    /// <summary>The result, for <c>await</c>.</summary>
    /// <returns>An awaiter.</returns>
    public ValueTaskAwaiter<T> GetAwaiter() => WaitAsync().GetAwaiter();

    /// <summary>Waits for the result.</summary>
    /// <returns>The result, or what the future failed with.</returns>
    /// <exception cref="OperationCanceledException">The waiter's scope was cancelled.</exception>
    public ValueTask<T> WaitAsync()
    {
        var scope = LoopScope.Require();
        if (scope.Core != _core) throw LoopAffinityException.OtherThread("This future", _core.Name);
        if (!IsCompleted) return scope.WaitIn<T>(_waiters);
        if (scope.IsCancelled) return scope.Cancelled<T>();
        Observe();
        if (_error is not null) return ValueTask.FromException<T>(_error);
        return scope.TryPassCheckpoint() ? new(_result!) : scope.YieldWith(_result!);
    }

    /// <summary>Has a callback called, in a later turn, once the future is completed.</summary>
    /// <param name="callback">It gets this future. What it throws goes to the loop's unhandled-error handler.</param>
    public void OnCompleted(Action<Future<T>> callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var scope = LoopScope.Require();
        if (scope.Core != _core) throw LoopAffinityException.OtherThread("This future", _core.Name);
        Observe();
        (_callbacks ??= []).Add((callback, scope, ExecutionContext.Capture()));
        if (IsCompleted) CallBack();
    }

    /// <summary>Completes it with a result.</summary>
    /// <param name="result">The result.</param>
    /// <exception cref="InvalidOperationException">It was completed before.</exception>
    public void SetResult(T result) => Required(TrySetResult(result));

    /// <summary>Completes it with an error.</summary>
    /// <param name="error">The error.</param>
    /// <exception cref="InvalidOperationException">It was completed before.</exception>
    public void SetException(Exception error) => Required(TrySetException(error));

    /// <summary>Completes it with a result, unless it was completed before.</summary>
    /// <param name="result">The result.</param>
    /// <returns>True when this call completed it.</returns>
    public bool TrySetResult(T result) => Complete(result, null);

    /// <summary>Completes it with an error, unless it was completed before.</summary>
    /// <param name="error">The error.</param>
    /// <returns>True when this call completed it.</returns>
    public bool TrySetException(Exception error)
    {
        ArgumentNullException.ThrowIfNull(error);
        return Complete(default, error);
    }

    // Somebody learns of the outcome.
    private void Observe()
    {
        if (_error is not null && _core.Watch is TaskWatch watch) watch.Debug?.FutureObserved(this);
    }

    private static void Required(bool completed)
    {
        if (!completed) throw new InvalidOperationException("The future was completed before. Complete it once, or use TrySetResult.");
    }

    private bool Complete(T? result, Exception? error)
    {
        if (Interlocked.Exchange(ref _claimed, 1) != 0) return false;
        if (_core.IsCurrent) CompleteOnLoop(result, error);
        else PostCompletion(result, error);
        return true;
    }

    // Apart, because C# makes the closure where the method begins.
    private void PostCompletion(T? result, Exception? error)
    {
        if (!_core.Inject(new Action<object?>(_ => CompleteOnLoop(result, error)), null, _core.Host.RootContext)) throw new EventLoopClosedException(_core.Name);
    }

    private void CompleteOnLoop(T? result, Exception? error)
    {
        _result = result;
        _error = error;
        IsCompleted = true;
        if (error is not null && _waiters.Count == 0 && _callbacks is null && _core.Watch is TaskWatch watch) watch.Debug?.FutureFailed(this, error);
        while (_waiters.TakeFirst() is { } waiter)
        {
            if (error is null) ((Waiter<T>)waiter).Grant(result!);
            else waiter.Fail(error);
        }
        CallBack();
    }

    private void CallBack()
    {
        if (_callbacks is null) return;
        foreach (var (callback, scope, context) in _callbacks)
            _core.PushCallback(() => callback(this), scope.Live, context);
        _callbacks = null;
    }
}
