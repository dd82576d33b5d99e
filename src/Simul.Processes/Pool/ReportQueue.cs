namespace Simul.Processes.Pool;

// What an item reports, and at last its outcome: one call after the other, in the order in which they came, on the thread pool,
// because receivers are the submitter's code and the thread that receives from the worker must not wait for it.
//
// It does wait when so much has come that a receiver is plainly too slow: then the channel fills up, and the item waits where it
// reports. The price: whatever else runs on that worker is held up with it. A queue that grows would hold up everybody.
//
// Thread safety: all members may be used from any thread.
internal sealed class ReportQueue(string item)
{
    // Bytes of values that wait, with what a call costs beside its value.
    private const long Most = 4 * 1024 * 1024;
    private const int CallSize = 200;

    private readonly Queue<(Action Call, int Size)> _calls = new(); // owner: itself as a lock
    private long _waiting;                                          // owner: the same; the sum of the sizes
    private bool _full;                                             // owner: the same; set by the thread that receives, which then waits; reset by the run
    private bool _ended;                                            // owner: the same; set once
    private bool _runs;                                             // owner: the same; set by whoever queues the run, reset by the run

    // The outcome. Its continuation may wait for the very thread that receives, so that one waits here no more.
    public void Add(Action call)
    {
        lock (_calls)
        {
            AddLocked(call, 0);
            _ended = true;
            if (_full) Monitor.PulseAll(_calls);
        }
    }

    // From the thread that receives: blocks while too much waits.
    public void AddReport(Action call, int length)
    {
        lock (_calls)
        {
            AddLocked(call, CallSize + length);
            _full = _waiting > Most;
            while (_full && !_ended) Monitor.Wait(_calls);
        }
    }

    private void AddLocked(Action call, int size)
    {
        _calls.Enqueue((call, size));
        _waiting += size;
        if (_runs) return;
        _runs = true;
        ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.Run(), this, preferLocal: false);
    }

    private void Run()
    {
        while (true)
        {
            Action call;
            lock (_calls)
            {
                if (!_calls.TryDequeue(out var next))
                {
                    _runs = false;
                    return;
                }
                call = next.Call;
                _waiting -= next.Size;
                // Not at each of them: two threads would wake each other for every call.
                if (_full && _waiting <= Most / 2)
                {
                    _full = false;
                    Monitor.PulseAll(_calls);
                }
            }
            try
            {
                call();
            }
            catch (Exception error)
            {
                Console.Error.WriteLine($"simul: a receiver of the progress of '{item}' failed: {error}");
            }
        }
    }
}
