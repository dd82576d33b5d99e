using System.Collections.Concurrent;

namespace Simul.Processes.Worker;

// The thread on which all asynchronous items of a worker run, many at a time. Their continuations come back to it. This is
// the one place that knows how they are driven.
internal sealed class AsyncLane : SynchronizationContext
{
    private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _queue = [];

    public AsyncLane()
    {
        // A background thread: a method that never ends must not keep a worker alive that was asked to end.
        new Thread(Run) { IsBackground = true, Name = "simul asynchronous items" }.Start();
    }

    public void Post(Action action) => Post(static state => ((Action)state!)(), action);

    public override void Post(SendOrPostCallback d, object? state) => _queue.Add((d, state));

    public override void Send(SendOrPostCallback d, object? state)
    {
        if (Current == this) d(state);
        else throw new NotSupportedException("A worker's thread for asynchronous items cannot be called synchronously from another thread. Use Post.");
    }

    public override SynchronizationContext CreateCopy() => this;

    private void Run()
    {
        SetSynchronizationContext(this);
        foreach (var (callback, state) in _queue.GetConsumingEnumerable())
        {
            callback(state);
            // One callback must not change what the next one finds.
            SetSynchronizationContext(this);
        }
    }
}
