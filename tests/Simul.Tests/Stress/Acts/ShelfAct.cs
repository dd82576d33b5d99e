namespace Simul.Tests.Stress;

// A shelf with room for two, guarded by a lock and two conditions. Whoever comes back from a condition holds the lock, also
// when he was cancelled there, and no notification is lost: nobody waits where there is something for him.
internal sealed class ShelfAct : Act
{
    private readonly AsyncLock _lock = new("shelf");
    private readonly AsyncCondition _filled, _emptied;
    private object? _inside;
    private int _things, _put, _taken;

    public ShelfAct(Scenario scenario)
        : base(scenario) => (_filled, _emptied) = (new AsyncCondition(_lock, "filled"), new AsyncCondition(_lock, "emptied"));

    public override async Task RunAsync(int depth)
    {
        bool puts = Once(2);
        await CancelScope.MoveOnAfterAsync(Sec(1 + Roll(4)), puts ? PutAsync : TakeAsync);
    }

    public override void CheckAtRest()
    {
        Require(_things == 0 || _filled.GetStatistics().CurrentWaiters == 0, "somebody waits for something that is on the shelf");
        Require(_things == 2 || _emptied.GetStatistics().CurrentWaiters == 0, "somebody waits for room that is on the shelf");
    }

    public override void CheckAtEnd()
    {
        Require(_inside is null && !_lock.GetStatistics().IsHeld, "the shelf was not given back");
        Require(_things == _put - _taken && _things is >= 0 and <= 2, "something fell off the shelf");
        Require(_filled.GetStatistics().CurrentWaiters + _emptied.GetStatistics().CurrentWaiters == 0, "somebody still waits at the shelf");
    }

    private async Task PutAsync()
    {
        using var hold = await _lock.LockAsync();
        object me = Enter();
        try
        {
            while (_things == 2) await WaitAsync(_emptied, me);
            _things++;
            _put++;
            _filled.Notify();
        }
        finally
        {
            Leave(me);
        }
    }

    private async Task TakeAsync()
    {
        using var hold = await _lock.LockAsync();
        object me = Enter();
        try
        {
            while (_things == 0) await WaitAsync(_filled, me);
            _things--;
            _taken++;
            _emptied.Notify();
        }
        finally
        {
            Leave(me);
        }
    }

    private async Task WaitAsync(AsyncCondition condition, object me)
    {
        Leave(me);
        try
        {
            await condition.WaitAsync();
        }
        finally
        {
            Enter(me);
        }
    }

    private object Enter(object? me = null)
    {
        Require(_inside is null, "two are at the shelf");
        return _inside = me ?? new object();
    }

    private void Leave(object me)
    {
        Require(_inside == me, "another is at the shelf");
        _inside = null;
    }
}
