namespace Simul.Processes.Pool;

// What an item reports, and at last its outcome: one call after the other, in the order in which they came, on the thread pool,
// because receivers are the submitter's code and the thread that receives from the worker must not wait for it.
//
// Thread safety: all members may be used from any thread.
internal sealed class ReportQueue(string item)
{
    private readonly Queue<Action> _calls = new(); // owner: itself as a lock
    private bool _runs;                            // owner: the same; set by whoever queues the run, reset by the run

    public void Add(Action call)
    {
        lock (_calls)
        {
            _calls.Enqueue(call);
            if (_runs) return;
            _runs = true;
        }
        ThreadPool.UnsafeQueueUserWorkItem(static queue => queue.Run(), this, preferLocal: false);
    }

    private void Run()
    {
        while (true)
        {
            Action call;
            lock (_calls)
            {
                if (!_calls.TryDequeue(out call!))
                {
                    _runs = false;
                    return;
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
