namespace Simul;

// The first of the four suspensions: callbacks.
public sealed partial class EventLoop
{
    private readonly HashSet<Action> _postedOnce = []; // owner: itself as the lock; those that wait to be called

    /// <summary>Has a callback called in the next turn, after those that are ready already.</summary>
    /// <param name="callback">The callback. What it throws goes to the unhandled-error handler.</param>
    public void CallSoon(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var scope = Check();
        _core.PushCallback(callback, scope, ExecutionContext.Capture());
    }

    /// <summary>Has a callback called when a time has passed.</summary>
    /// <param name="delay">The time; with zero the callback is called soon, once the loop looks at its timers.</param>
    /// <param name="callback">The callback. What it throws goes to the unhandled-error handler.</param>
    /// <returns>A handle that can withdraw the call.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The time is negative, or ends after the end of time.</exception>
    public TimerHandle CallLater(TimeSpan delay, Action callback)
    {
        if (delay < TimeSpan.Zero)
            throw new ArgumentOutOfRangeException(nameof(delay), delay, "A delay must not be negative. Use CallAt for a moment that may have passed.");
        Check();
        return CallAt(TimeSpan.FromTicks(_core.DeadlineIn(delay)), callback);
    }

    /// <summary>Has a callback called at a moment on the loop's clock.</summary>
    /// <param name="moment">The moment, as <see cref="Now"/> will show it. Past moments are legal: the earliest is called first.</param>
    /// <param name="callback">The callback. What it throws goes to the unhandled-error handler.</param>
    /// <returns>A handle that can withdraw the call.</returns>
    public TimerHandle CallAt(TimeSpan moment, Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var handle = new TimerHandle(_core, Check(), callback);
        _core.Timers.Add(handle.Node, moment.Ticks);
        return handle;
    }

    /// <summary>Has a callback called on the loop, from any thread. In order for each poster.</summary>
    /// <param name="callback">The callback. What it throws goes to the unhandled-error handler.</param>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public void Post(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        if (!_core.Inject(new Action<object?>(static x => ((Action)x!)()), callback, _root)) throw new EventLoopClosedException(Name);
    }

    /// <summary>Has a callback called on the loop, from any thread, unless it waits to be called already: many posts of one
    /// callback make one call. Posted again while it runs, it is called again.</summary>
    /// <remarks>Ordering: the call takes the place of the first of the posts it stands for.</remarks>
    /// <param name="callback">The callback; two are the same when they are equal as delegates. What it throws goes to the
    /// unhandled-error handler.</param>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public void PostOnce(Action callback)
    {
        ArgumentNullException.ThrowIfNull(callback);
        // Under the lock, so that nobody relies on a post that is refused after all.
        lock (_postedOnce)
        {
            if (!_postedOnce.Add(callback)) return;
            if (_core.Inject(new Action<object?>(RunOnce), callback, _root)) return;
            _postedOnce.Remove(callback);
        }
        throw new EventLoopClosedException(Name);
    }

    private void RunOnce(object? callback)
    {
        var once = (Action)callback!;
        lock (_postedOnce) _postedOnce.Remove(once);
        once();
    }

    private LoopScope Check()
    {
        var scope = LoopScope.Find();
        if (_core.IsClosed) throw new EventLoopClosedException(Name);
        if (scope is null || scope.Core != _core) throw LoopAffinityException.OtherThread("This call", Name);
        return scope;
    }
}
