namespace Simul.Processes.Transport;

// What the parent still has to send to one worker. Frames are put in under the pool's lock, in the order in which they must
// arrive, and sent outside of it, so that no lock is held over a kernel call.
//
// Whoever finds frames and no sender becomes the sender; frames that come meanwhile go out with its next round, many in one
// call. A small round cannot block (a worker's reader never waits for anything else, and the socket's buffer holds it), so
// the thread that submitted sends it itself; a large one goes to the thread pool, because a stopped worker would hold it.
//
// Thread safety: all members may be used from any thread.
internal sealed class Outbox
{
    private const int SmallRound = 32 * 1024;

    private readonly Lock _gate = new();
    private FrameWriter _pending = new(); // owner: _gate
    private FrameWriter _spare = new();   // owner: the sender
    private Channel? _channel;            // owner: _gate; set once the process has started
    private bool _sending;                // owner: _gate; set by whoever becomes the sender, reset by it
    private bool _broken;                 // owner: _gate

    public void Connect(Channel channel)
    {
        lock (_gate) _channel = channel;
    }

    public void Add<TState>(TState state, Action<FrameWriter, TState> write)
    {
        lock (_gate)
        {
            if (!_broken) write(_pending, state);
        }
    }

    public void Flush()
    {
        lock (_gate)
        {
            if (_sending || _broken || _channel is null || _pending.Length == 0) return;
            _sending = true;
        }
        SendAll(mayBlock: false);
    }

    private void SendAll(bool mayBlock)
    {
        while (true)
        {
            FrameWriter round;
            lock (_gate)
            {
                if (_broken || _pending.Length == 0)
                {
                    _sending = false;
                    return;
                }
                if (!mayBlock && _pending.Length > SmallRound)
                {
                    ThreadPool.UnsafeQueueUserWorkItem(static outbox => outbox.SendAll(mayBlock: true), this, preferLocal: false);
                    return;
                }
                round = _pending;
                _pending = _spare;
                _spare = round;
            }
            try
            {
                round.SendTo(_channel!);
            }
            catch (IOException)
            {
                // The worker has gone; its end is noticed by the thread that receives from it.
                lock (_gate)
                {
                    _broken = true;
                    _sending = false;
                    _pending.Clear();
                    return;
                }
            }
        }
    }
}
