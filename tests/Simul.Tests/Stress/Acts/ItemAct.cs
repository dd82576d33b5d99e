namespace Simul.Tests.Stress;

// Producers and consumers over a counting semaphore: what was put in comes out, once.
internal sealed class ItemAct(Scenario scenario) : Act(scenario)
{
    private readonly AsyncSemaphore _available = new(0, name: "items");
    private readonly Queue<int> _items = new();
    private int _produced, _consumed;

    public override async Task RunAsync(int depth)
    {
        if (Once(2))
        {
            _items.Enqueue(_produced++);
            _available.Release();
            await EventLoop.Yield();
        }
        else
        {
            await CancelScope.MoveOnAfterAsync(Sec(1 + Roll(3)), async () =>
            {
                await _available.WaitAsync();
                Require(_items.TryDequeue(out int item) && item == _consumed++, "an item came twice or out of order");
            });
        }
    }

    public override void CheckAtRest() =>
        Require(_items.Count == 0 || _available.GetStatistics().CurrentWaiters == 0, "somebody waits though there are items");

    public override void CheckAtEnd() => Require(
        _available.GetStatistics() is { CurrentWaiters: 0 } left && left.CurrentPermits == _items.Count && _produced == _consumed + _items.Count, "an item was lost");
}
