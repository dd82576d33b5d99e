namespace Simul.Processes.Worker;

// The parent's virtual clock as one item sees it. A sleep is told to the parent, which lets the item's member idle and answers
// when its time has come. Between messages the clock stands, as it does for everybody who works.
//
// Thread safety: all members may be used from any thread.
internal sealed class RemoteVirtualClock(RemoteTime time, long item, WorkerSender sender) : TimeProvider, IBlockingClock
{
    private readonly Dictionary<int, Sleeper> _sleepers = []; // owner: itself as a lock
    private int _lastNumber;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override long GetTimestamp() => time.Now;

    public override DateTimeOffset GetUtcNow() => time.Start + new TimeSpan(time.Now);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period) =>
        throw new NotSupportedException("In virtual time, a worker process has blocking sleeps only: WorkContext.Current.Clock.Sleep(...). Run asynchronous methods that wait on the clock on the loop engine.");

    public void Sleep(TimeSpan duration, CancellationToken cancellationToken)
    {
        int number = Interlocked.Increment(ref _lastNumber);
        long until = time.Now > long.MaxValue - duration.Ticks ? long.MaxValue : time.Now + duration.Ticks;
        var sleeper = new Sleeper(until, cancellationToken);
        lock (_sleepers) _sleepers.Add(number, sleeper);
        sender.SendSleep(item, number, until, again: false);
        try
        {
            sleeper.Woken.Wait(cancellationToken);
        }
        catch (OperationCanceledException)
        {
            bool slept;
            lock (_sleepers) slept = _sleepers.Remove(number);
            if (slept) sender.SendSleepEnd(item, number);
            throw;
        }
    }

    // The parent's answer.
    public void Awake(int number)
    {
        Sleeper? sleeper;
        lock (_sleepers)
        {
            if (!_sleepers.Remove(number, out sleeper)) return;
        }
        sleeper.Woken.Set();
    }

    // The item was cancelled, and the parent holds the clock for what it may do about it. Sleeps that no token can end go on,
    // and the clock is let go again.
    public void SleepOn()
    {
        lock (_sleepers)
        {
            foreach (var (number, sleeper) in _sleepers)
            {
                if (!sleeper.Token.IsCancellationRequested) sender.SendSleep(item, number, sleeper.Until, again: true);
            }
        }
    }

    private sealed class Sleeper(long until, CancellationToken token)
    {
        public long Until => until;

        public CancellationToken Token => token;

        public ManualResetEventSlim Woken { get; } = new(false, 0);
    }
}
