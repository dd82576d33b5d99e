namespace Simul;

// The scope as the SynchronizationContext of the code inside it.
public partial class LoopScope
{
    // Makes this scope the one whose code runs here. The next entry must not take that over: an async method that began
    // under a suppressed flow does not put the context back.
    internal void BecomeCurrent()
    {
        Core.ContextChanged = true;
        SetSynchronizationContext(this);
    }

    /// <inheritdoc/>
    /// <remarks>Never throws: after the loop has closed the callback runs on the thread pool, without context, one at a time,
    /// so that the <c>finally</c> blocks of strays still run.</remarks>
    public sealed override void Post(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        if (Core.IsCurrent) Core.Ready.Push(d, state, Live);
        else if (!Core.Inject(d, state, Live)) Core.Strays.Add(d, state, Description);
    }

    /// <inheritdoc/>
    /// <remarks>On the loop it runs the callback at once; from another thread it posts it and blocks until it has run.</remarks>
    /// <exception cref="EventLoopClosedException">The loop has ended.</exception>
    public sealed override void Send(SendOrPostCallback d, object? state)
    {
        ArgumentNullException.ThrowIfNull(d);
        if (Core.IsCurrent)
        {
            d(state);
            return;
        }
        using var done = new ManualResetEventSlim();
        Exception? error = null;
        bool taken = Core.Inject(new Action<object?>(x =>
        {
            try
            {
                d(x);
            }
            catch (Exception e)
            {
                error = e;
            }
            finally
            {
                done.Set();
            }
        }), state, Live);
        if (!taken) throw new EventLoopClosedException(Core.Name);
        done.Wait();
        if (error is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(error);
    }

    /// <summary>Returns this scope: it is its identity that matters.</summary>
    /// <returns>This.</returns>
    public sealed override SynchronizationContext CreateCopy() => this;

    /// <summary>Counts an <c>async void</c> method that began here; the loop does not end before it has ended.</summary>
    public sealed override void OperationStarted()
    {
        Interlocked.Increment(ref Core.AsyncVoids);
        if (Core.IsCurrent) (Core.Watch as TaskWatch)?.Debug?.AsyncVoidStarted(this);
    }

    /// <summary>Counts an <c>async void</c> method that ended.</summary>
    public sealed override void OperationCompleted()
    {
        if (Interlocked.Decrement(ref Core.AsyncVoids) == 0 && !Core.IsCurrent) Core.Inject(new Action<object?>(static _ => { }), null, Live);
    }
}
