using Simul.Processes.Launch;
using Simul.Processes.Transport;

namespace Simul.Processes.Pool;

// Receives from one worker, on a thread of its own, from the worker's start to its end.
//
// An outcome that is all there was to receive, of an item that had a worker to itself, is delivered on this very thread: its
// continuation runs here, and most often submits the next item and is done. Waking another thread for it would be the larger
// part of a round trip. Meanwhile nobody receives. That is noticed by the Deputy: whoever stays away too long is relieved by a
// fresh thread, and need not come back.
//
//   on duty -> away (in a continuation) -> on duty again
//                                       -> relieved: the thread ends when the continuation lets it
//
// Continuations that take long are not run here for a while; what that costs in vain stays small.
internal sealed class Receiver(WorkerPool pool, WorkerSlot slot)
{
    private const int MostSkipped = 256;
    private const int QuietLooks = 25; // before the deputy looks elsewhere
    private static readonly TimeSpan s_exitAfterEnd = TimeSpan.FromSeconds(1);

    // Owner: the thread on duty.
    private WorkerProcess? _process;
    private Channel? _channel;
    private FrameReader? _reader;
    private int _skip;     // outcomes left that others deliver
    private int _nextSkip;
    private long _trips;   // read by the deputy

    private long _away;    // interlocked; the number of the trip, 0: on duty
    private volatile Job? _delivering; // of the trip; set before it begins, reset by whoever is on duty after it

    // Owner: the deputy's lock.
    private long _seenTrip;
    private int _quiet;
    private volatile bool _watched; // read without it

    public bool IsWatched { get => _watched; set => _watched = value; }

    public void Start() => StartThread(() => Serve(start: true));

    // By the deputy. False when there is nothing to look at for the time being.
    public bool Look()
    {
        long trip = Volatile.Read(ref _trips);
        if (trip != _seenTrip)
        {
            (_seenTrip, _quiet) = (trip, 0);
            return true;
        }
        if (Volatile.Read(ref _away) == trip && trip != 0)
        {
            // Nothing must end before the outcome is there for all to see.
            if (_delivering is { IsDelivered: true }) StartThread(() => Relieve(trip));
            return true;
        }
        if (++_quiet < QuietLooks) return true;
        _watched = false;
        Interlocked.MemoryBarrier(); // it goes, and looks whether it is watched; we look the other way, and whether it went
        return _watched = Volatile.Read(ref _away) != 0;
    }

    private void StartThread(ThreadStart run) => new Thread(run) { IsBackground = true, Name = $"simul {slot.Name}" }.UnsafeStart();

    private void Relieve(long trip)
    {
        if (Interlocked.CompareExchange(ref _away, 0, trip) != trip) return; // it came back
        _delivering = null;
        _nextSkip = Math.Clamp(_nextSkip * 2, 1, MostSkipped);
        _skip = _nextSkip;
        Serve(start: false);
    }

    private void Serve(bool start)
    {
        Exception? failure = null;
        WorkerExit exit = default;
        try
        {
            if (start) StartWorker();
            if (!Receive()) return;
            exit = WaitForExit();
        }
        catch (Exception error)
        {
            // Not one of ours, and still no reason to take the application down: everything waiting is told.
            failure = error;
            if (_process is not null)
            {
                _process.Kill();
                _process.Exited.Wait();
            }
        }
        _channel?.Dispose();
        pool.OnEnded(slot, exit, failure);
        slot.SetEnded();
    }

    private void StartWorker()
    {
        (_process, _channel) = pool.Launcher.Start(slot.Name, slot.Index, Print);
        var channel = _channel;
        // Nothing can come any more once the process has gone, whoever inherited its end of the channel.
        _ = _process.Exited.ContinueWith(_ => channel.Shutdown(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        _reader = new FrameReader(channel);
        pool.OnStarted(slot, _process, channel);
    }

    // Until the end of the channel; false when it was relieved.
    private bool Receive()
    {
        while (_reader!.Fill())
        {
            if (!TakeIn()) return false;
        }
        return true;
    }

    private bool TakeIn()
    {
        var last = pool.OnMessages(slot, _reader!);
        try
        {
            // After the batch, so that many answers go out in one call.
            pool.Flush();
        }
        catch when (last is not null)
        {
            pool.DeliverElsewhere(last);
            throw;
        }
        return last is null || Deliver(last);
    }

    private bool Deliver(Job job)
    {
        if (_skip > 0)
        {
            _skip--;
            pool.DeliverElsewhere(job);
            return true;
        }
        long trip = _trips + 1;
        _delivering = job;
        Volatile.Write(ref _trips, trip);
        Interlocked.Exchange(ref _away, trip);
        try
        {
            if (!_watched) Deputy.Watch(this);
        }
        catch (Exception error) when (error is OutOfMemoryException or ThreadStartException)
        {
            // Nobody to watch over us: then we do not go.
            Volatile.Write(ref _away, 0);
            _delivering = null;
            pool.DeliverElsewhere(job);
            return true;
        }
        pool.DeliverHere(job);
        ForgetTheContinuation();
        if (Interlocked.CompareExchange(ref _away, 0, trip) != trip) return false;
        _delivering = null;
        _nextSkip /= 2;
        return true;
    }

    // What it left on the thread is not for the next one; as the thread pool does it.
    private static void ForgetTheContinuation()
    {
        if (SynchronizationContext.Current is not null) SynchronizationContext.SetSynchronizationContext(null);
        var thread = Thread.CurrentThread;
        if (!thread.IsBackground) thread.IsBackground = true;
        if (thread.Priority != ThreadPriority.Normal) thread.Priority = ThreadPriority.Normal;
    }

    // The channel ended first: the process is about to end, or its method closed the channel behind our back.
    private WorkerExit WaitForExit()
    {
        if (!_process!.Exited.Wait(s_exitAfterEnd)) _process.Kill();
        return _process.Exited.GetAwaiter().GetResult();
    }

    private void Print(string line, bool isError, int pid) => pool.Print(new WorkerOutput(slot.Name, pid, isError, line));
}
