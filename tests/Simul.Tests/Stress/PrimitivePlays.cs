namespace Simul.Tests.Stress;

internal sealed class LockPlay(SchedulingPolicy dice) : PrimitivePlay(dice)
{
    private readonly AsyncLock _lock = new();
    private int _inside;

    private protected override async Task UseAsync(int n)
    {
        using (await _lock.LockAsync())
        {
            Granted++;
            Require(++_inside == 1, "two hold the lock");
            try
            {
                await PauseAsync();
            }
            finally
            {
                _inside--;
            }
        }
    }

    private protected override void CheckEnd() => Require(_lock.GetStatistics() == new AsyncLockStatistics(false, null, 0), "the lock was lost");
}

// Signals are counted: an auto-reset event lets as many pass as were set while somebody waited, or one.
internal sealed class EventPlay(SchedulingPolicy dice) : PrimitivePlay(dice)
{
    private readonly AsyncEvent _once = new(EventResetMode.AutoReset);
    private readonly AsyncEvent _all = new();
    private int _given, _passed;

    private protected override async Task UseAsync(int n)
    {
        await _once.WaitAsync();
        Granted++;
        _passed++;
        await _all.WaitAsync();
    }

    private protected override async Task HelpAsync()
    {
        while (true)
        {
            if (!_once.IsSet) _given++; // one that is set already is set once all the same
            _once.Set();
            if (Roll(2) == 0)
            {
                int waiting = _all.GetStatistics().CurrentWaiters;
                _all.Set();
                Require(_all.GetStatistics() == new AsyncEventStatistics(true, 0), $"{waiting} waited, and some still do");
                if (Roll(2) == 0) _all.Reset();
            }
            await EventLoop.Delay(Sec(Roll(2)));
        }
    }

    private protected override void CheckEnd()
    {
        Require(_once.GetStatistics().CurrentWaiters == 0 && _all.GetStatistics().CurrentWaiters == 0, "somebody still waits");
        Require(_given == _passed + (_once.IsSet ? 1 : 0), $"{_given} signals, {_passed} passed");
    }
}

// A pool of tokens under a condition: who finds none waits; who brings one back notifies one. A notification that is lost
// leaves a waiter beside a token, and that is a stall.
internal sealed class ConditionPlay : PrimitivePlay
{
    private readonly AsyncLock _lock = new("pool");
    private readonly AsyncCondition _returned;
    private int _tokens = 2, _inside;

    public ConditionPlay(SchedulingPolicy dice)
        : base(dice) => _returned = new AsyncCondition(_lock);

    private protected override async Task UseAsync(int n)
    {
        using (await _lock.LockAsync())
        {
            Enter();
            try
            {
                while (_tokens == 0)
                {
                    Leave();
                    try
                    {
                        await _returned.WaitAsync();
                    }
                    finally
                    {
                        Require(_lock.GetStatistics().Holder == EventLoop.CurrentTask.Name, "a wait ended without the lock");
                        Enter();
                    }
                }
                _tokens--;
                Granted++;
            }
            finally
            {
                Leave();
            }
        }
        try
        {
            await PauseAsync();
        }
        finally
        {
            using (CancelScope.Enter(shield: true))
            {
                using (await _lock.LockAsync())
                {
                    Enter();
                    _tokens++;
                    _returned.Notify();
                    Leave();
                }
            }
        }
    }

    private protected override void CheckEnd()
    {
        Require(_returned.GetStatistics() == new AsyncConditionStatistics(0, new AsyncLockStatistics(false, null, 0)), "the lock was lost, or somebody still waits");
        Require(_tokens == 2 && _inside == 0, $"{_tokens} tokens");
    }

    private void Enter() => Require(++_inside == 1, "two hold the lock");

    private void Leave() => _inside--;
}

internal sealed class BarrierPlay(SchedulingPolicy dice) : PrimitivePlay(dice)
{
    private readonly AsyncBarrier _barrier = new(3);
    private readonly Dictionary<long, List<int>> _places = [];

    private protected override async Task UseAsync(int n)
    {
        long phase = _barrier.CurrentPhase;
        try
        {
            int place = await _barrier.SignalAndWaitAsync();
            Granted++;
            if (!_places.TryGetValue(phase, out var places)) _places[phase] = places = [];
            Require(!places.Contains(place), $"place {place} of phase {phase} was given twice");
            places.Add(place);
        }
        catch (BrokenBarrierException)
        {
            // Sent away, for the dice threw so or because too few are left.
        }
    }

    private protected override async Task HelpAsync()
    {
        while (true)
        {
            await EventLoop.Delay(Sec(7));
            _barrier.Reset();
        }
    }

    private protected override void Disturb()
    {
        if (Roll(6) != 0) return;
        if (Roll(2) == 0) _barrier.Abort();
        _barrier.Reset();
    }

    private protected override void CheckEnd()
    {
        Require(_places.Values.All(places => places.Order().SequenceEqual([0, 1, 2])), "a place of a phase was not given");
        Require(_places.Count == _barrier.CurrentPhase, $"{_barrier.CurrentPhase} phases, {_places.Count} seen");
        Require(_barrier.GetStatistics() is { CurrentWaiters: 0, IsBroken: false }, "somebody still waits");
    }
}

internal sealed class LimiterPlay(SchedulingPolicy dice) : PrimitivePlay(dice)
{
    private readonly CapacityLimiter _limiter = new(2);
    private readonly HashSet<string> _inside = [];

    private protected override async Task UseAsync(int n)
    {
        using (await _limiter.AcquireAsync())
        {
            Granted++;
            Require(_inside.Add($"Task '{EventLoop.CurrentTask.Name}'"), "one borrowed twice");
            Require(_inside.IsSubsetOf(_limiter.GetStatistics().Borrowers), "one is inside without a lease");
            try
            {
                await PauseAsync();
            }
            finally
            {
                _inside.Remove($"Task '{EventLoop.CurrentTask.Name}'");
            }
        }
    }

    private protected override void Disturb()
    {
        int before = _limiter.GetStatistics().CurrentBorrowed;
        _limiter.Total = 1 + Roll(4);
        var after = _limiter.GetStatistics();
        Require(after.CurrentBorrowed == before || after.CurrentBorrowed <= after.Total, "more were let in than the bound allows");
        Require(after.CurrentWaiters == 0 || after.CurrentBorrowed >= after.Total, "somebody waits beside what is left");
    }

    private protected override void CheckEnd() =>
        Require(_limiter.GetStatistics() is { CurrentBorrowed: 0, CurrentWaiters: 0, Borrowers.Count: 0 }, "a lease was lost");
}

internal sealed class ReaderWriterPlay(SchedulingPolicy dice) : PrimitivePlay(dice)
{
    private readonly AsyncReaderWriterLock _lock = new();
    private int _readers, _writers;

    private protected override async Task UseAsync(int n)
    {
        if (Roll(3) > 0)
        {
            using (await _lock.ReadLockAsync()) await ReadAsync();
            return;
        }
        var hold = await _lock.WriteLockAsync();
        Granted++;
        try
        {
            Require(++_writers == 1 && _readers == 0, "a writer is not alone");
            try
            {
                await PauseAsync();
            }
            finally
            {
                _writers--;
            }
            if (Roll(2) != 0) return;
            hold = hold.Downgrade();
            await ReadAsync();
        }
        finally
        {
            hold.Dispose();
        }
    }

    private async Task ReadAsync()
    {
        Granted++;
        _readers++;
        Require(_writers == 0, "a reader beside a writer");
        try
        {
            await PauseAsync();
        }
        finally
        {
            _readers--;
        }
    }

    private protected override void Disturb()
    {
        var now = _lock.GetStatistics();
        Require(now.CurrentWaiters == 0 || now.Writer is not null || now.CurrentReaders > 0, "somebody waits for nobody");
    }

    private protected override void CheckEnd() =>
        Require(_lock.GetStatistics() == new AsyncReaderWriterLockStatistics(0, null, 0), "a hold was lost");
}
