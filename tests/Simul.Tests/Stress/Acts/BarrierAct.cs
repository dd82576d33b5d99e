namespace Simul.Tests.Stress;

// Two pass together or not at all; one that gives up has not come.
internal sealed class BarrierAct(Scenario scenario) : Act(scenario)
{
    private readonly AsyncBarrier _barrier = new(2, "barrier");
    private int _passed, _sumOfPlaces;

    public override async Task RunAsync(int depth) => await CancelScope.MoveOnAfterAsync(Sec(1 + Roll(3)), async () =>
    {
        int place = await _barrier.SignalAndWaitAsync();
        Require(place is 0 or 1, $"there is no place {place} of two");
        _passed++;
        _sumOfPlaces += place;
    });

    public override void CheckAtRest() => Require(_barrier.GetStatistics().CurrentWaiters < 2, "two wait at a barrier for two");

    public override void CheckAtEnd()
    {
        Require(_barrier.GetStatistics() is { CurrentWaiters: 0 } end && _passed == 2 * end.CurrentPhase, "one passed the barrier alone");
        Require(_sumOfPlaces * 2 == _passed, "two had the same place at the barrier");
    }
}
