namespace Simul;

// What comes back to a loop that has ended: foreign operations whose continuations were on their way. They must not be lost
// (their finally blocks free things) and posting them must not throw (that would end the process), so they run on the pool,
// without context, one at a time, as they would have on the loop.
// Thread safety: any thread.
internal sealed class StrayContinuations(string loop)
{
    private readonly Lock _gate = new();
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _waiting = new();
    private bool _running; // owner: _gate

    public long Total { get; private set; }

    // Told once of the first one, with the name of the task it belongs to, and of every one that fails.
    public Action<string>? Report { get; set; }

    public void Add(SendOrPostCallback callback, object? state, string from)
    {
        bool first, start;
        lock (_gate)
        {
            first = Total++ == 0;
            _waiting.Enqueue((callback, state));
            start = !_running;
            _running = true;
        }
        if (first) Report?.Invoke($"{from}: a continuation came back to {loop} after it had ended; it runs on the thread pool.");
        if (start) ThreadPool.UnsafeQueueUserWorkItem(static x => x.RunAll(), this, preferLocal: false);
    }

    private void RunAll()
    {
        while (true)
        {
            (SendOrPostCallback Callback, object? State) next;
            lock (_gate)
            {
                if (!_waiting.TryDequeue(out next))
                {
                    _running = false;
                    return;
                }
            }
            try
            {
                next.Callback(next.State);
            }
            catch (Exception error)
            {
                // Nobody is left to throw it at, and a throw here would end the process.
                Report?.Invoke($"a continuation that came back to {loop} after it had ended failed: {error}");
            }
        }
    }
}
